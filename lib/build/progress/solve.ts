import type { Activity } from '../../report/types.js';
import type { StepFailure } from './failure.js';
import {
  milliseconds,
  type SolveStatus,
  type Timestamp,
  type Vertex,
  type VertexStatus,
  type VertexWarning,
} from './status.js';
import { StepOutput } from './step-output.js';

interface Step {
  vertex: Vertex;
  output: StepOutput;
  /** Milliseconds of each time that it ran, by when it began: BuildKit may come back to a step. */
  runs: Map<number, number>;
  /** Whether it sends or fetches something. */
  transfers: boolean;
  /** Whether it came from the cache, as its first end says: BuildKit comes back to fetch it from a registry's. */
  cached?: boolean;
}

/** Milliseconds. A step that BuildKit comes back to for less has not ended a second time, for whoever reads. */
const NOTICEABLE = 500;

/** Tells an activity what BuildKit does: an item each for its steps, their output as lines. */
export class SolveProgress {
  readonly #activity: Activity;
  readonly #steps = new Map<string, Step>();
  readonly #warned = new Set<string>();
  /** The step that the build failed in, if one did. */
  failure: StepFailure | undefined;
  constructor(activity: Activity) {
    this.#activity = activity;
  }

  update(status: SolveStatus): void {
    for (const part of status.statuses) this.#part(part);
    for (const vertex of status.vertexes) this.#vertex(vertex);
    for (const { vertex, msg } of status.logs) {
      const step = this.#steps.get(vertex);
      if (step) this.#print(step.vertex, step.output.add(msg));
    }
    for (const warning of status.warnings) this.#warn(warning);
    // Logs of a failed step may come in the same message as its end.
    for (const { digest } of status.vertexes) this.#noteFailure(digest);
  }

  /** How many steps came from the cache, of how many that could. */
  get cached(): { steps: number; of: number } {
    const instructions = [...this.#steps.values()].filter(
      ({ vertex }) => isInstruction(vertex) && vertex.completed,
    );
    return { steps: instructions.filter(({ cached }) => cached).length, of: instructions.length };
  }

  #vertex(vertex: Vertex): void {
    const step = this.#steps.get(vertex.digest) ?? {
      vertex,
      output: new StepOutput(),
      runs: new Map<number, number>(),
      transfers: false,
    };
    step.vertex = vertex;
    this.#steps.set(vertex.digest, step);
    if (vertex.completed) step.cached ??= vertex.cached;
    if (isSilent(step)) return;
    if (vertex.completed) this.#end(step, vertex.completed);
    else if (vertex.started) this.#activity.item(vertex.digest, { label: labelOf(vertex), state: 'running' });
  }

  #end({ vertex, output, runs, cached }: Step, completed: Timestamp): void {
    const { digest, error, started } = vertex;
    const began = milliseconds(started ?? completed);
    // BuildKit may report the end of a step more than once.
    if (runs.get(began) !== undefined) return;
    const run = milliseconds(completed) - began;
    runs.set(began, runs.size > 0 && run < NOTICEABLE ? 0 : run);
    this.#print(vertex, output.end());
    const elapsed = [...runs.values()].reduce((sum, run) => sum + run, 0);
    const label = labelOf(vertex);
    if (error !== '') this.#activity.item(digest, { label, state: 'failed', elapsed });
    else if (cached) this.#activity.item(digest, { label, state: 'cached' });
    else this.#activity.item(digest, { label, state: 'done', elapsed });
  }

  /** A layer that is pulled or exported, or the context that is sent. */
  #part({ vertex: digest, ID, current, total, completed }: VertexStatus): void {
    const step = this.#steps.get(digest);
    if (!step || (current === 0 && total === 0)) return;
    step.transfers = true;
    if (step.vertex.completed || isSilent(step) || completed) return;
    const shortened = shortenDigests(ID);
    const state = {
      label: labelOf(step.vertex),
      state: 'running' as const,
      completed: current,
      note: shortened,
    };
    this.#activity.item(digest, total > 0 ? { ...state, total } : state);
  }

  #print({ name }: Vertex, lines: readonly string[]): void {
    const prefix = /^\[[^\]]+\] /.exec(name)?.[0] ?? '';
    for (const line of lines) this.#activity.line(prefix + line);
  }

  #warn({ short, url, ranges }: VertexWarning): void {
    const line = ranges[0]?.start?.line;
    const said = short.toString();
    // Some say it themselves.
    const place = line && !said.endsWith(`(line ${line})`) ? ` (line ${line})` : '';
    const text = `warning: ${said}${place}${url ? `, see ${url}` : ''}`;
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#activity.line(text);
  }

  #noteFailure(digest: string): void {
    const step = this.#steps.get(digest);
    if (!step || step.vertex.error === '' || this.failure) return;
    // A failure stops the steps beside it, which then say so.
    if (/context canceled/.test(step.vertex.error)) return;
    this.failure = { step: step.vertex.name, reason: step.vertex.error, output: step.output.last };
  }
}

function labelOf({ name }: Vertex): string {
  return shortenDigests(name);
}

/** Digests as short as docker shows them. */
function shortenDigests(text: string): string {
  return text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, '$1');
}

/** BuildKit's own errands are worth a line only when they fail, except the one that sends the context. */
function isSilent({ vertex: { name, error }, transfers }: Step): boolean {
  return error === '' && name.startsWith('[internal]') && !(transfers && name.includes('load build context'));
}

function isInstruction({ name }: Vertex): boolean {
  return /^\[[^\]]*\d\/\d+\] /.test(name) && !/\] FROM /.test(name);
}
