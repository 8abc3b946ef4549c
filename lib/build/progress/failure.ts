import { UserError } from '../../text/user-error.js';
import type { Instruction } from '../dockerfile/index.js';
import type { BuildPlan } from '../plan.js';

/** Where and why a build failed, as the engine tells it. */
export interface StepFailure {
  /** Such as `[stage-1 2/3] RUN make`. */
  step: string;
  reason: string;
  /** The step's last lines of output. */
  output: readonly string[];
}

export interface FailedBuild {
  /** The task's name of the image. */
  image: string;
  /** The Dockerfile as messages name it: relative to the project root. */
  shown: string;
  /** Among which the one at fault is looked up. */
  instructions: readonly Instruction[];
}

/** What messages about this build need to know. */
export function failedBuild({ image, dockerfile }: BuildPlan): FailedBuild {
  return { image, shown: dockerfile.shown, instructions: dockerfile.parsed.instructions };
}

/** The error of a build that failed in a step: the instruction, its place in the Dockerfile, why, and its last output. */
export function stepFailed(build: FailedBuild, failure: StepFailure): UserError {
  const instruction = failure.step.replace(/^\[[^\]]*\] /, '');
  const line = lineOf(instruction, build.instructions);
  const place = line === undefined ? build.shown : `${build.shown}:${line}`;
  const output = failure.output.map((text) => `\n  ${text}`).join('');
  const reason = reasonOf(failure.reason) + (isForeign(failure) ? FOREIGN : '');
  return new UserError(
    'BUILD_FAILED',
    `${place}: ${shorten(instruction)} failed, so ${build.image} was not built: ${reason}${output}`,
  );
}

/** What BuildKit's own emulator, or the kernel, says of a program for another processor. */
function isForeign({ reason, output }: StepFailure): boolean {
  return [reason, ...output].some((text) => /exec format error|Invalid ELF image/i.test(text));
}

const FOREIGN =
  ' The engine has no emulator for programs of that platform: install one on its machine (qemu-user-static), or let the stage run on its own (FROM --platform=$BUILDPLATFORM).';

/** The error of a build that failed outside of its steps, such as by a Dockerfile that cannot be read. */
export function buildFailed(build: FailedBuild, message: string): UserError {
  const [, line, reason] = /dockerfile parse error (?:on )?line (\d+): (.*)/is.exec(message) ?? [];
  if (line !== undefined)
    return new UserError('BUILD_FAILED', `${build.shown}:${line}: ${reasonOf(reason ?? '')}`);
  return new UserError('BUILD_FAILED', `${build.shown}: ${build.image} was not built: ${reasonOf(message)}`);
}

/** The engine's reason without the layers of wrapping around it. */
function reasonOf(message: string): string {
  const reason = message
    .trim()
    .replace(/^(?:failed to solve(?: with frontend [\w.-]+)?: |rpc error: code = \w+ desc = )+/, '')
    .replace(/^failed to (?:compute cache key|calculate checksum of ref)[^"]*(?=")/, '')
    .replace(/^failed to compute cache key: /, '')
    .replace(/^(?:process ".*" did not complete successfully|executor failed running \[.*\]): /s, '')
    .replace(/^The command '.*' returned a non-zero code: /s, 'exit code: ')
    .replace(OF_BUILDAH, '')
    .replace(/^while running runtime: exit status /, 'exit code: ');
  return /[.?!]$/.test(reason) ? reason : `${reason}.`;
}

/** The step once more, and where the files of the context are on the engine's machine. */
const OF_BUILDAH =
  /^building at STEP ".*?": (?:checking on sources under "[^"]*": (?:copier: (?:stat: )?)?)?|&imagebuilder\.Step\{.*\}$/gs;

function shorten(instruction: string): string {
  const line = instruction.replace(/\s+/g, ' ');
  return line.length <= 100 ? line : `${line.slice(0, 99)}…`;
}

/** Line of the instruction, from 1; undefined where the text has none or several that could be meant. */
function lineOf(instruction: string, instructions: readonly Instruction[]): number | undefined {
  const wanted = flatten(instruction);
  const same = instructions.filter(({ keyword }) => keyword === wanted.split(' ')[0]);
  const equal = same.filter(({ text }) => flatten(text) === wanted);
  const found = equal.length > 0 ? equal : same;
  return found.length === 1 ? found[0]?.line : undefined;
}

function flatten(instruction: string): string {
  return instruction
    .replace(/[\\`][ \t]*\r?\n(?:\s*#.*\n)*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
