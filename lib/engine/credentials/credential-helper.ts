import { scriptPath } from '../../system/programs.js';
import { printableLine } from '../../text/printable.js';
import { UserError } from '../../text/user-error.js';
import type { Environment } from './docker-config.js';
import type { Credentials } from './types.js';

/** A program that speaks the docker-credential protocol. */
export interface CredentialHelper {
  /** Without the `docker-credential-` in front. */
  name: string;
  /** Who names it, for messages. */
  namedBy: string;
  env: Environment;
  /** Milliseconds. */
  timeout: number;
}

/** The user name that marks a secret as an identity token. */
const TOKEN_USER = '<token>';
/** Characters: a user name and a secret, and a token may be some kilobytes. */
const LONGEST_ANSWER = 4 << 20;
/** Longest part of a helper's own words that is repeated. */
const LONGEST_REASON = 200;

/**
 * Asks a helper for the credentials of one registry.
 *
 * @returns undefined where it has none
 * @throws {UserError} `CREDENTIAL_HELPER`
 */
export async function askHelper(helper: CredentialHelper, key: string): Promise<Credentials | undefined> {
  const { status, output } = await runHelper(helper, key);
  if (status !== 0) {
    if (output === 'credentials not found in native keychain') return undefined;
    throw failure(helper, `failed for ${key} (${reasonIn(output) || `status ${status}`})`);
  }
  const { Username = '', Secret = '' } = parseAnswer(helper, output) as {
    Username?: string;
    Secret?: string;
  };
  if (Username === '' && Secret === '') return undefined;
  return Username === TOKEN_USER
    ? { identitytoken: Secret, serveraddress: key }
    : { username: Username, password: Secret, serveraddress: key };
}

async function runHelper(
  helper: CredentialHelper,
  key: string,
): Promise<{ status: number | null; output: string }> {
  const { name, env, timeout } = helper;
  const path = scriptPath(program(name), env);
  if (path === undefined) throw failure(helper, 'is not installed');
  // On Windows it also starts batch files, as the docker CLI does.
  const { default: spawn } = await import('cross-spawn');
  return new Promise((resolve, reject) => {
    const child = spawn(path, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    const giveUp = (why: string) => {
      child.kill('SIGKILL');
      child.stdout?.destroy();
      reject(failure(helper, why));
    };
    const timer = setTimeout(() => giveUp(`did not answer within ${timeout / 1000} s`), timeout);
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > LONGEST_ANSWER) giveUp('says more than any helper does');
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(
        failure(helper, error.code === 'ENOENT' ? 'is not installed' : `cannot be started (${error.code})`),
      );
    });
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status, output: output.trim() });
    });
    // A helper may exit without reading its input; the error of the pipe is ignored.
    child.stdin?.on('error', () => {}).end(key);
  });
}

/** The output of a failed helper may hold credentials (JSON): then it is not shown as the reason. */
function reasonIn(output: string): string {
  if (/["{]/.test(output)) return '';
  return printableLine(output).slice(0, LONGEST_REASON);
}

/** What it said is never repeated here: it may be a secret. */
function parseAnswer(helper: CredentialHelper, output: string): object {
  try {
    const answer: unknown = JSON.parse(output);
    if (typeof answer === 'object' && answer !== null) return answer;
  } catch {
    // Not JSON: the error follows.
  }
  throw failure(helper, 'answered with something that is not JSON');
}

function failure({ name, namedBy }: CredentialHelper, what: string): UserError {
  return new UserError(
    'CREDENTIAL_HELPER',
    `The credential helper ${program(name)} (${namedBy}) ${what}: mend it, or remove it from the docker configuration.`,
  );
}

function program(name: string): string {
  return `docker-credential-${name}`;
}
