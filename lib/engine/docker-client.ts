import type { Agent } from 'node:http';

import type Docker from 'dockerode';

import { engineLost } from './connect/dial.js';
import { loadDockerode } from './load-dockerode.js';
import type { EngineAddress } from './types.js';

type Answer = (error: Error | null, result?: unknown) => void;

/** A dockerode whose requests all go through `agent`, whatever the environment says of engines. */
export function createDockerClient(address: EngineAddress, agent: Agent): Docker {
  const path = basePath(address).slice(1);
  const options: Docker.DockerOptions & { agent: Agent } = {
    protocol: 'http',
    host: 'docker.invalid',
    port: 80,
    agent,
    // The only part of a request's path that dockerode lets one choose.
    ...(path !== '' && { version: path }),
  };
  // The constructor reads DOCKER_HOST (and files that it implies) whatever it is given.
  const { DOCKER_HOST } = process.env;
  delete process.env.DOCKER_HOST;
  try {
    return withExplainedLosses(new (loadDockerode())(options), address);
  } finally {
    if (DOCKER_HOST !== undefined) process.env.DOCKER_HOST = DOCKER_HOST;
  }
}

/** The path of a `tcp://host:port/path` address, behind which a proxy offers the engine. */
export function basePath({ url }: EngineAddress): string {
  return /^tcp:\/\/[^/]*(\/.*?)\/?$/.exec(url)?.[1] ?? '';
}

function withExplainedLosses(docker: Docker, address: EngineAddress): Docker {
  const modem = docker.modem as { dial: (options: unknown, answer: Answer) => void };
  const dial = modem.dial.bind(modem);
  modem.dial = (options, answer) =>
    dial(options, (error, result) => answer(error && engineLost(address, error), result));
  return docker;
}
