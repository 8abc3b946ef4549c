import type { Means } from '../engine/means.js';
import type { Dependency, Image, Readiness } from '../project/index.js';
import type { RunPlan } from '../run/index.js';
import type { Word } from '../text/word.js';

/** What services run beside: a section, or work of a gulpfile. */
export interface Client {
  /** For messages, and on the network. */
  name: string;
  dependsOn: readonly Dependency[];
  /** The network that it is to be in anyway. */
  network?: Word;
}

/** A service, as far as it is waited for. */
export type AwaitedService = Pick<ServicePlan, 'name' | 'image' | 'ready' | 'readyTimeout'>;

/** One service, as a run of its section in the background. */
export interface ServicePlan {
  name: string;
  image: Image;
  /** Services that come before it. */
  needs: readonly Need[];
  /** Undefined: healthy where it has a health check, else running. */
  ready?: Readiness;
  /** Milliseconds from its start. */
  readyTimeout: number;
  /** Seconds. */
  stopTimeout: number;
  /** Whether its ports are published for this machine, beside those that its section publishes. */
  published: boolean;
  /** Whether it runs on when what it runs beside has ended. */
  kept: boolean;
  /** @param variables of the services that it needs, as words of `docker run` */
  run: (variables: readonly Word[]) => RunPlan;
}

/** What has to be so of a service before another one, or the client, begins. */
export interface Need {
  name: string;
  until: 'started' | 'ready';
}

/** All services of a client, and where they meet. */
export interface ServicesPlan {
  /** `<project>/<user>`: whose services they are. */
  group: string;
  client: string;
  needs: readonly Need[];
  /** Each behind those that it needs. */
  services: readonly ServicePlan[];
  networks: Networks;
  /** Whether the client runs on by itself, and all services with it. */
  staysUp: boolean;
  /** Flags by which the docker CLI reaches the same engine. */
  cliFlags: readonly string[];
}

/** Names of the networks; on the engine they go by ID. */
export interface Networks {
  /** Of this client alone, and gone with it; absent where every service is kept. */
  own?: string;
  /** Of the project and the user, for services that are kept; absent where none is. */
  kept?: string;
}

export interface ServiceMeans extends Means {
  /** Whether all output of services is shown. */
  logs?: boolean;
}
