import { UserError } from '../../text/user-error.js';
import type { EngineClient } from '../client/client.js';
import type { EngineAddress } from '../connect/host.js';

/** The client of a machine that offers no engine's API: every call fails, with the sentence that says so. */
export function noClient({ url }: EngineAddress): EngineClient {
  const refuse = () => {
    throw new UserError(
      'NOT_AN_ENGINE',
      `${url} runs containers with containerd alone: images are transferred to it and looked at there, but for this it ` +
        'takes an engine (Docker or podman).',
    );
  };
  const reject = async () => Promise.resolve().then(refuse);
  return {
    json: reject,
    begin: reject,
    // eslint-disable-next-line require-yield
    async *messages() {
      await reject();
    },
    objects: reject,
    stream: reject,
    upgrade: reject,
    connect: reject,
    watch: refuse,
    waiting: refuse,
  };
}
