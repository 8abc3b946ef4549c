import type { Checkout } from '../project/index.js';
import { type Git, gitIn } from './git.js';

/**
 * What docker buildx finds out by itself about the folder that it builds from (`getGitAttributes` of its build package).
 *
 * @param folder of the sources
 * @returns undefined where git knows nothing of it, or BUILDX_GIT_INFO forbids to ask
 * @throws {UserError} `GIT_TIMEOUT`
 */
export async function readCheckout(folder: string, env: NodeJS.ProcessEnv): Promise<Checkout | undefined> {
  if (/^(0|f|F|false|FALSE|False)$/.test(env.BUILDX_GIT_INFO ?? '')) return undefined;
  const git = gitIn(folder, env);
  const [top, head, source, status] = await Promise.all([
    git('rev-parse', '--show-toplevel'),
    git('rev-parse', '--verify', '--quiet', 'HEAD'),
    remoteUrl(git),
    checksDirty(env) ? git('status', '--porcelain', '--ignored') : undefined,
  ]);
  if (!top.ok || top.text === '') return undefined;
  return {
    root: top.text,
    ...(head.ok && { revision: head.text + (status?.text ? '-dirty' : '') }),
    ...(source !== '' && { source: withoutUser(source) }),
  };
}

/** Empty where there is none. */
async function remoteUrl(git: Git): Promise<string> {
  const branch = await git('symbolic-ref', '-q', 'HEAD');
  const followed =
    branch.ok && (await git('for-each-ref', '--format=%(upstream:remotename)', branch.text)).text;
  for (const remote of [followed, 'origin', 'upstream']) {
    const { ok, text } = remote ? await git('remote', 'get-url', remote) : { ok: false, text: '' };
    if (ok && text !== '') return text;
  }
  return '';
}

function checksDirty({ BUILDX_GIT_CHECK_DIRTY: said = '' }: NodeJS.ProcessEnv): boolean {
  return /^(1|t|T|true|TRUE|True)$/.test(said);
}

/** `git@github.com:owner/name`, which is no URL, has no secret in it. */
function withoutUser(url: string): string {
  return url.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i, '$1');
}
