import { UserError } from '../../text/user-error.js';
import { noEngine } from '../connect/dial.js';
import type { EngineAddress, NodeTarget } from '../connect/host.js';
import { displayTarget } from '../connect/ssh/errors.js';
import { runProgram, RunsNoPrograms } from '../connect/ssh/route/run-program.js';
import type { SshConnection } from '../connect/ssh/types.js';

/** How containerd is asked on a node. */
export interface FoundCtr {
  /** `ctr`, with what stands before and behind it. */
  argv: readonly string[];
  /** Of containerd. */
  version: string;
  /** What `uname -m` says. */
  machine: string;
}

/**
 * Tries the `ctr` of k3s, then that of containerd, each with `sudo -n` where its socket may not be used without; prints
 * the words that led to an answer, or what is there.
 */
const FIND = `
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin
socket=$1
try() {
  program=$1 path=$2 word=$3
  at=$(command -v $program) || return
  echo "program $program"
  [ -S "$path" ] && echo "socket $path"
  # Who may not look into its folder cannot know that it is not there.
  [ -S "$path" ] || [ ! -x "\${path%/*}" ] || return
  for sudo in '' 'sudo -n'; do
    [ "$sudo" ] || [ -w "$path" ] || continue
    set -- $sudo "$at" $word
    [ "$socket" ] && set -- "$@" --address "$socket"
    version=$("$@" version 2>/dev/null | sed -n '/^Server:/,$s/^ *Version: *v*//p') || continue
    [ "$version" ] || continue
    echo "version $version"
    echo "machine $(uname -m)"
    for word in "$@"; do echo "word $word"; done
    exit
  done
}
try k3s "\${socket:-/run/k3s/containerd/containerd.sock}" ctr
try ctr "\${socket:-/run/containerd/containerd.sock}" ''
`;

/**
 * Finds the program by which containerd is asked on a node.
 *
 * @param timeout milliseconds that it may take to begin
 * @throws {UserError} `NO_ENGINE`, `ENGINE_PERMISSION`
 */
export async function findCtr(
  ssh: SshConnection,
  address: EngineAddress,
  { socketPath = '' }: NodeTarget,
  timeout: number,
): Promise<FoundCtr> {
  let output: string;
  try {
    ({ output } = await runProgram(ssh, ['sh', '-c', FIND, 'sh', socketPath], timeout));
  } catch (error) {
    if (!(error instanceof RunsNoPrograms)) throw error;
    const reason =
      'that account runs no programs (its shell, or a command that is forced on it, does something else)';
    throw noEngine(address, reason, 'give it a shell');
  }
  const said = (what: string) =>
    output.split('\n').flatMap((line) => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : []));
  const [version] = said('version');
  const [machine = ''] = said('machine');
  if (version !== undefined) return { argv: said('word'), version, machine };
  throw whyNot(address, displayTarget(ssh.target), said('program'), said('socket'));
}

function whyNot(
  address: EngineAddress,
  host: string,
  programs: readonly string[],
  sockets: readonly string[],
): UserError {
  if (programs.length === 0) {
    const reason = 'that machine has neither ctr nor k3s';
    return noEngine(address, reason, `name an engine there as ${host}, or a node that runs containerd`);
  }
  const [socket] = sockets;
  if (socket === undefined) {
    const reason = 'containerd is not running there, or its socket is at another place';
    return noEngine(address, reason, 'start it, or give the path of the socket as ctr://host/path');
  }
  return new UserError(
    'ENGINE_PERMISSION',
    `${host} lets you in, but not at its containerd (${socket}): log in as root, or allow ` +
      `"sudo -n ${programs[0]}" without a password.`,
  );
}
