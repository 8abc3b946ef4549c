/** ESLint rule: `@throws` names its class in braces, and of a `UserError` or `FlagError` the codes. */
export const throwsTag = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      form: 'Write `@throws {Class} when`, with the class in braces.',
      code: 'Say which codes: @throws {UserError} `CODE`.',
    },
  },
  create({ sourceCode, report }) {
    return {
      Program() {
        for (const comment of sourceCode.getAllComments().filter(({ value }) => value.startsWith('*'))) {
          for (const [, tag] of comment.value.matchAll(/@throws\s([\s\S]*?)(?=\n\s*\*\s*@|$)/g)) {
            const [, error] = /^\{(\w+)\}/.exec(tag) ?? [];
            if (error === undefined) report({ loc: comment.loc, messageId: 'form' });
            else if (/^(User|Flag)Error$/.test(error) && !/`[A-Z][A-Z_]+`/.test(tag))
              report({ loc: comment.loc, messageId: 'code' });
          }
        }
      },
    };
  },
};
