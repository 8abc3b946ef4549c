import { wholeName } from '../../oci/reference.js';
import { type EngineAddress, type EngineTarget, formatJump, type SshTarget } from './host.js';

/** Commands as one types them to do what is done here: by the docker CLI, or by containerd's own program on its node. */

/** Asks for images. */
export function inspectCommand({ target, cliFlags }: EngineAddress, references: readonly string[]): string[] {
  if (target.kind !== 'ctr') return ['docker', ...cliFlags, 'image', 'inspect', ...references];
  return onNode(target, ['images', 'ls', ...references.map((reference) => `name==${wholeName(reference)}`)]);
}

/** Asks what version answers. */
export function versionCommand({ target, cliFlags }: EngineAddress): string[] {
  return target.kind === 'ctr' ? onNode(target, ['version']) : ['docker', ...cliFlags, 'version'];
}

/** Stands before a command that is run on another machine. */
export function sshWords({ user, host, port, jump }: SshTarget): string[] {
  const way = jump === undefined ? [] : ['-J', formatJump(jump)];
  const login = user === undefined ? [] : ['-l', user];
  return ['ssh', ...way, ...login, ...(port === undefined ? [] : ['-p', String(port)]), host];
}

function onNode(target: EngineTarget & { kind: 'ctr' }, words: readonly string[]): string[] {
  const { namespace, socketPath } = target;
  const at = socketPath === undefined ? [] : ['--address', socketPath];
  return [...sshWords(target), 'ctr', ...at, '--namespace', namespace, ...words];
}
