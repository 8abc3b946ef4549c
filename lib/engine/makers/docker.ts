import { isAtLeast } from '../../text/is-at-least.js';
import type { Maker } from './maker.js';

/** Docker's own engine, by which the API is meant. */
export const docker: Maker = {
  title: 'Docker',
  buildKitAdvice: 'take a newer one (23 or later has it)',
  builder: undefined,
  ways: undefined,
  unpacksZstd: (version) => isAtLeast(version, '23.0'),
  noDeltas: undefined,
  noRelay: undefined,
  makeRoom: 'docker image prune',
  defaultSocket: '/var/run/docker.sock',
  // The docker client of the user who is logged in knows.
  socketProgram: ({ rootless }) =>
    rootless ? ['docker', 'context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'] : undefined,
  familiarName: (listed) => listed,
  hidingNames: () => [],
  exitCondition: 'removed',
  healthCheck: () => undefined,
  isRemovableLater: () => false,
  isNameTaken: ({ status }) => status === 409,
  loadFailure: () => undefined,
  asksRegistries: true,
  containerBody: (body) => body,
};
