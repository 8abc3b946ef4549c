import fs from 'node:fs';
import path from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { UserError } from '../../text/user-error.js';

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
  /** Its text, in which the instruction is looked up. */
  dockerfile: string;
}

/** What messages about this build need to know. */
export function failedBuild(plan: { image: string; root: string; dockerfile: string }): FailedBuild {
  return {
    image: plan.image,
    shown: path.relative(plan.root, plan.dockerfile),
    dockerfile: fs.readFileSync(plan.dockerfile, 'utf8'),
  };
}

/** The error of a build that failed in a step: the instruction, its place in the Dockerfile, why, and its last output. */
export function stepFailed(build: FailedBuild, failure: StepFailure): UserError {
  const instruction = failure.step.replace(/^\[[^\]]*\] /, '');
  const line = lineOf(instruction, build.dockerfile);
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
    .replace(/^The command '.*' returned a non-zero code: /s, 'exit code: ');
  return /[.?!]$/.test(reason) ? reason : `${reason}.`;
}

function shorten(instruction: string): string {
  const line = instruction.replace(/\s+/g, ' ');
  return line.length <= 100 ? line : `${line.slice(0, 99)}…`;
}

/** Line of the instruction, from 1; undefined where the text has none or several that could be meant. */
function lineOf(instruction: string, dockerfile: string): number | undefined {
  const wanted = flatten(instruction);
  const keyword = wanted.split(' ')[0];
  const same = DockerfileParser.parse(dockerfile)
    .getInstructions()
    .filter((candidate) => candidate.getKeyword() === keyword);
  const equal = same.filter((candidate) => flatten(candidate.getTextContent()) === wanted);
  const found = equal.length > 0 ? equal : same;
  return found.length === 1 ? found[0]!.getRange().start.line + 1 : undefined;
}

function flatten(instruction: string): string {
  return instruction
    .replace(/[\\`][ \t]*\r?\n(?:\s*#.*\n)*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
