import { stillWaiting } from '../client/waited-for.js';
import { Waiting } from '../client/waiting.js';
import type { EngineAddress, NodeTarget } from '../connect/host.js';
import { DEFAULT_TIMEOUT, logIn, type TransportOptions } from '../connect/transport.js';
import type { Engine, EngineFacts } from '../types.js';
import { contentStore } from './content-store.js';
import { ctrOn } from './ctr.js';
import { findCtr } from './find-ctr.js';
import { noClient } from './no-client.js';
import { nodeImages } from './node-images.js';

/** Go's names of architectures, by those of the kernel. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  armv6l: 'arm',
  i686: '386',
};

/**
 * Opens a node that has containerd and no engine's API: its images are asked for and brought by `ctr` over ssh.
 *
 * @throws {UserError} `NO_ENGINE`, `ENGINE_PERMISSION`, and those of ssh
 */
export async function openNode(
  address: EngineAddress,
  target: NodeTarget,
  options: TransportOptions,
): Promise<Engine> {
  const { timeout = DEFAULT_TIMEOUT, say = () => {}, tellAfter } = options;
  const ssh = await logIn(target, options);
  try {
    const { argv, version, machine } = await findCtr(ssh, address, target, timeout);
    const waiting = () =>
      new Waiting((silence) => say(stillWaiting(address, `run ${argv.join(' ')}`, silence)), tellAfter);
    const words = [...argv, '--namespace', target.namespace];
    const ctr = ctrOn(ssh, address, words, { patience: timeout, waiting });
    const content = contentStore(ctr);
    const facts: EngineFacts = {
      maker: 'containerd',
      version,
      apiVersion: '0.0',
      os: 'linux',
      arch: ARCHITECTURES[machine] ?? machine,
      buildkit: false,
      store: 'content',
      runtimes: [],
      rootless: false,
    };
    return {
      address,
      client: noClient(address),
      images: nodeImages(ctr, content, { os: facts.os, architecture: facts.arch }),
      content,
      ssh,
      facts: () => Promise.resolve(facts),
      close: () => ssh.close(),
    };
  } catch (error) {
    await ssh.close();
    throw error;
  }
}
