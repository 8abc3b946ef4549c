import ts from 'typescript';
import type { Source } from './source.js';

/** Codes of `UserError`s, with the sentences that go with each; `…` stands for what these say of the case. */
export type ErrorCodes = Map<string, Set<string>>;

/** What one definition makes by itself, and which others it names. */
interface Facts {
  codes: ErrorCodes;
  leads: Set<ts.Node>;
}

/** Finds the errors that code can end with. */
export class ErrorSearch {
  readonly #source: Source;
  readonly #facts = new Map<ts.Node, Facts>();

  constructor(source: Source) {
    this.#source = source;
  }

  /**
   * The codes of all `UserError`s that are made in `start`, or in any function, class or constant that it leads to,
   * through imports of all kinds. A class counts as a whole, since a call through an interface does not say which
   * method it reaches.
   */
  codesFrom(start: ts.Node): ErrorCodes {
    const all: ErrorCodes = new Map();
    const reached = new Set([start]);
    for (const node of reached) {
      const { codes, leads } = this.#factsOf(node);
      for (const [code, sentences] of codes) all.set(code, new Set([...(all.get(code) ?? []), ...sentences]));
      leads.forEach((lead) => reached.add(lead));
    }
    return all;
  }

  #factsOf(node: ts.Node): Facts {
    const known = this.#facts.get(node);
    if (known) return known;
    const facts: Facts = { codes: new Map(), leads: new Set() };
    this.#facts.set(node, facts);
    const visit = (each: ts.Node) => {
      if (ts.isTypeNode(each)) return;
      if (ts.isNewExpression(each)) this.#noteError(facts, each);
      if (ts.isCallExpression(each)) this.#noteCall(facts, each);
      if (ts.isIdentifier(each) && !isMemberName(each))
        this.#source.definitionsOf(each).forEach((lead) => facts.leads.add(lead));
      ts.forEachChild(each, visit);
    };
    visit(node);
    return facts;
  }

  #noteError({ codes }: Facts, made: ts.NewExpression): void {
    const error = this.#source.definitionsOf(made.expression).find(ts.isClassDeclaration);
    if (!error || !this.#source.isUserError(error)) return;
    const [code, sentence] = isFirstParameterCode(error) ? (made.arguments ?? []) : argumentsOfSuper(error);
    if (code) this.#note(codes, code, sentence);
  }

  /** A function that is given the code of the error that it makes. */
  #noteCall({ codes }: Facts, call: ts.CallExpression): void {
    for (const callee of this.#source.definitionsOf(call.expression)) {
      const parameters = parametersOf(callee);
      const place = parameters.findIndex(({ name }) => ts.isIdentifier(name) && name.text === 'code');
      const code = call.arguments[place];
      if (code && !ts.isSpreadElement(code)) this.#note(codes, code, call.arguments[place + 1]);
    }
  }

  #note(codes: ErrorCodes, code: ts.Expression, sentence: ts.Expression | undefined): void {
    for (const value of this.#source.stringsOf(code)) {
      if (!/^[A-Z][A-Z0-9_]+$/.test(value)) continue;
      const sentences = codes.get(value) ?? new Set();
      codes.set(value, sentences);
      const texts = sentence ? this.#sentencesOf(sentence) : [];
      texts.filter((text) => /[a-z]{3}/.test(text)).forEach((text) => sentences.add(text));
    }
  }

  /** Sentences as far as the code has them word for word. */
  #sentencesOf(expression: ts.Expression): string[] {
    const all = (each: ts.Expression) => this.#sentencesOf(each);
    if (ts.isStringLiteralLike(expression)) return [expression.text];
    if (ts.isTemplateExpression(expression))
      return [
        expression.head.text + expression.templateSpans.map(({ literal }) => `…${literal.text}`).join(''),
      ];
    if (ts.isConditionalExpression(expression))
      return [...all(expression.whenTrue), ...all(expression.whenFalse)];
    if (ts.isBinaryExpression(expression))
      return all(expression.left).flatMap((left) => all(expression.right).map((right) => left + right));
    if (!ts.isIdentifier(expression)) return [];
    const constants = this.#source.definitionsOf(expression).filter(ts.isVariableDeclaration);
    return constants.flatMap(({ initializer }) => (initializer ? all(initializer) : []));
  }
}

function isFirstParameterCode(error: ts.ClassDeclaration): boolean {
  const first = error.members.find(ts.isConstructorDeclaration)?.parameters[0];
  return first?.name.getText() === 'code';
}

function argumentsOfSuper(error: ts.ClassDeclaration): readonly ts.Expression[] {
  let found: readonly ts.Expression[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword)
      found = node.arguments;
    ts.forEachChild(node, visit);
  };
  visit(error);
  return found;
}

function parametersOf(definition: ts.Node): readonly ts.ParameterDeclaration[] {
  if (ts.isFunctionLike(definition)) return definition.parameters;
  return ts.isVariableDeclaration(definition) && definition.initializer
    ? parametersOf(definition.initializer)
    : [];
}

/** Members have no definitions of their own: see `codesFrom`. */
function isMemberName(name: ts.Identifier): boolean {
  const { parent } = name;
  return (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent)) && parent.name === name;
}
