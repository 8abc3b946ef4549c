import { execFile, execFileSync } from 'node:child_process';

/** Version of the docker CLI on PATH; an error that says what to do where it is not of the `wanted` version. */
export function cliVersion(wanted = '28'): string {
  const hint = `put a docker CLI of version ${wanted} on PATH and ask again`;
  let said: string;
  try {
    said = execFileSync('docker', ['--version'], { encoding: 'utf8' });
  } catch {
    throw new Error(`there is no docker CLI on PATH: ${hint}`);
  }
  const version = /version (\d+\.\d+\.\d+)/.exec(said)?.[1];
  if (!version?.startsWith(`${wanted}.`))
    throw new Error(`the docker CLI on PATH is ${said.trim()}: ${hint}`);
  return version;
}

export interface Ended {
  exit: number;
  /** The first line that the CLI wrote to standard error, without notices about its builder. */
  says: string;
}

/** Runs the docker CLI with an empty configuration and a known environment. */
export function runDocker(
  words: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const env = {
    PATH: process.env.PATH,
    HOME: '/nonexistent',
    DOCKER_CONFIG: '/nonexistent',
    ...{ FROM_HERE: 'from here', EMPTY_HERE: '' },
    ...environment,
  };
  return new Promise((resolve) => {
    const child = execFile('docker', words, { cwd, env, timeout: 20_000 }, (_, __, stderr) => {
      const notice = /^(DEPRECATED:| {2,}\S.*|)$/;
      const first = stderr.split('\n').find((line) => !notice.test(line)) ?? '';
      resolve({ exit: child.exitCode ?? -1, says: first.replace(/^docker: /, '') });
    });
    child.stdin?.end();
  });
}
