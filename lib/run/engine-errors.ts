import { basename } from 'node:path';
import { type EngineRefusal, isRefusal } from '../engine/client/errors.js';
import type { EngineAddress } from '../engine/types.js';
import { UserError } from '../text/user-error.js';
import { placeOf as placeOfOrigin } from '../text/word.js';
import type { RunPlan } from './plan.js';

/** Exit statuses of `docker run` for what never ran (docs.docker.com, "Exit status"). */
const ENGINE_FAILED = 125;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** Turns an engine's refusal to create or start a container into a sentence that says what to do; others stay. */
export function explainRefusal(error: unknown, plan: RunPlan): unknown {
  if (!isRefusal(error)) return error;
  const reason = error.sentence;
  for (const [pattern, explain] of EXPLANATIONS) {
    const match = pattern.exec(reason);
    if (match) return explain({ plan, error, reason, match });
  }
  return new UserError('RUN_REFUSED', `${plan.image.reference} was not started: ${reason}.`, {
    cause: error,
    exitStatus: ENGINE_FAILED,
  });
}

/** The error for an engine that went away while a container was created, started or running. */
export function lostEngine({ url, origin }: EngineAddress, plan: RunPlan, cause: unknown): UserError {
  return new UserError(
    'ENGINE_LOST',
    `The connection to the engine at ${url} (${origin}) broke while ${plan.image.reference} was running; ` +
      'whether the container still runs, "docker ps" tells when the engine is back.',
    { cause, exitStatus: ENGINE_FAILED },
  );
}

/** The error for an image of this project that has not been built. */
export function notBuilt({ image }: RunPlan, cause?: unknown): UserError {
  const task = `build:${basename(image.folder ?? image.name)}`;
  return new UserError(
    'NOT_BUILT',
    `The image ${image.reference} is not on this engine yet; build it first: gulp ${task}`,
    { cause, exitStatus: ENGINE_FAILED },
  );
}

interface Refusal {
  plan: RunPlan;
  error: EngineRefusal;
  reason: string;
  match: RegExpExecArray;
}

type Explanation = (refusal: Refusal) => UserError;

/** In `Bind for 0.0.0.0:80 failed`, `Bind for :::80 failed`, `listen tcp4 [::]:80: bind`, `failed to bind host port 0.0.0.0:80:172.17.0.2:80/tcp`. */
const HOST_PORT = /(?:Bind for|listen \w+|host port(?: for)?) (?:\[[^\]]*\]|[\d.]*|::):(\d+)/;

/** By the sentences of engines and of their runtimes, runc's and crun's; the first that fits counts. */
const EXPLANATIONS: [RegExp, Explanation][] = [
  [
    /port is already allocated|address already in use/,
    ({ plan, error, reason }) => {
      const [, port = ''] = HOST_PORT.exec(reason) ?? [];
      return say(error, 'PORT_IN_USE', [
        `${placeOf(plan, (word) => port !== '' && word.includes(port))}${port === '' ? 'a port' : `port ${port}`} of the engine's host`,
        'is in use already; stop what uses it (docker ps shows containers), or publish another port',
      ]);
    },
  ],
  [
    /(?:No such network:?|unable to find network with name or ID|network) "?([^\s":]+)"?(?:: network| not found|$)/i,
    ({ plan, error, match: [, network = ''] }) =>
      say(error, 'MISSING_NETWORK', [
        `${placeOf(plan, (word) => word.includes(network))}there is no network "${network}" on the engine;`,
        `create it: docker network create ${network}`,
      ]),
  ],
  [
    /container name "\/?([^"]+)" is already in use/,
    ({ error, match: [, name] }) =>
      say(error, 'NAME_IN_USE', [
        `a container named "${name}" exists already;`,
        `remove it (docker rm -f ${name}), or choose another --name`,
      ]),
  ],
  [
    /bind source path does not exist: (.+)/,
    ({ plan, error, match: [, path = ''] }) =>
      say(error, 'BAD_MOUNT', [
        `${placeOf(plan, (word) => word.includes(path))}there is no ${path} on the engine's host to mount;`,
        'create it, or correct the mount',
      ]),
  ],
  [
    /unresolvable CDI devices|could not select device driver|unknown or invalid runtime name: nvidia|Unknown runtime specified nvidia/i,
    ({ plan, error }) =>
      say(error, 'NO_GPU', [
        `${placeOf(plan, (word) => /gpus|nvidia/.test(word))}the engine has no NVIDIA GPU to offer;`,
        "run without --gpu, or install the NVIDIA Container Toolkit on the engine's host",
      ]),
  ],
  [
    /error mounting "([^"]+)" to rootfs at "([^"]+)".*not a directory|mount `([^`]+)` to `([^`]+)`: Not a directory/,
    ({ plan, error, match: [, first = '', target, source = first, relative] }) =>
      say(error, 'BAD_MOUNT', [
        `${placeOf(plan, (word) => word.includes(source))}${source} cannot be mounted at ${target ?? `/${relative}`}:`,
        'one of them is a folder and the other a file',
      ]),
  ],
  [
    /exec: "([^"]*)": .*permission denied|exec: "([^"]*)": is a directory|the path `([^`]+)` is not a regular file|crun: open executable: /,
    ({ plan, error, match: [, one, other, crun] }) =>
      say(
        error,
        'COMMAND_NOT_EXECUTABLE',
        [
          `${executable(one ?? other ?? crun)} in ${plan.image.reference} is not executable; correct cmd, or the file's mode`,
        ],
        NOT_EXECUTABLE,
      ),
  ],
  [
    /exec: "([^"]*)": .*(?:executable file not found|no such file or directory)|executable file `([^`]*)` not found/,
    ({ plan, error, match: [, one, other] }) =>
      say(
        error,
        'NO_SUCH_COMMAND',
        [
          `there is no command "${one ?? other}" in ${plan.image.reference}; correct cmd, or what the image installs`,
        ],
        NOT_FOUND,
      ),
  ],
];

function say(
  cause: EngineRefusal,
  code: string,
  sentence: readonly string[],
  exitStatus = ENGINE_FAILED,
): UserError {
  const text = sentence.join(' ');
  return new UserError(code, `${/^[^ ]+:\d+: /.test(text) ? text : capitalised(text)}.`, {
    cause,
    exitStatus,
  });
}

/** `docker/run.cfg:12: ` of the first word of the section that a predicate holds for, or nothing. */
function placeOf({ flags }: RunPlan, isAtFault: (word: string) => boolean): string {
  const origin = flags.find((word) => word.origin && isAtFault(word.text))?.origin;
  return origin ? `${placeOfOrigin(origin)}: ` : '';
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Not every runtime says which command it could not execute. */
function executable(command: string | undefined): string {
  return command === undefined ? 'the command' : `"${command}"`;
}
