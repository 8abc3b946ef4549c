/** Where OpenSSH's agent listens on Windows, which has no variable for it. */
const WINDOWS_AGENT = String.raw`\\.\pipe\openssh-ssh-agent`;

/** The agent of ssh keys: the socket or named pipe that SSH_AUTH_SOCK names, or Windows' own; undefined for none. */
export function sshAgent(env: Readonly<Record<string, string | undefined>>): string | undefined {
  return env.SSH_AUTH_SOCK || (process.platform === 'win32' ? WINDOWS_AGENT : undefined);
}

/** Whether a path is that of a named pipe of Windows, which is no file. */
export function isNamedPipe(path: string): boolean {
  return process.platform === 'win32' && /^[\\/]{2}[.?][\\/]pipe[\\/]/i.test(path);
}
