import type { Activity } from '../../report/types.js';
import type { StepFailure } from './failure.js';
import { StepOutput } from './step-output.js';
import {
  milliseconds,
  type SolveStatus,
  type Vertex,
  type VertexStatus,
  type VertexWarning,
} from './trace.js';

interface Step {
  vertex: Vertex;
  label: string;
  output: StepOutput;
  ended: boolean;
}

/** Tells an activity what BuildKit does: an item each for its steps, their output as lines. */
export class SolveProgress {
  private readonly steps = new Map<string, Step>();
  private readonly warned = new Set<string>();
  /** The step that the build failed in, if one did. */
  failure: StepFailure | undefined;
  /** How many steps came from the cache, of how many that could. */
  readonly cached = { steps: 0, of: 0 };

  constructor(private readonly activity: Activity) {}

  update(status: SolveStatus): void {
    for (const vertex of status.vertexes) this.vertex(vertex);
    for (const part of status.statuses) this.part(part);
    for (const { vertex, msg } of status.logs) {
      const step = this.steps.get(vertex);
      if (step) this.print(step, step.output.add(msg));
    }
    for (const warning of status.warnings) this.warn(warning);
    // Logs of a failed step may come in the same message as its end.
    for (const { digest } of status.vertexes) this.noteFailure(digest);
  }

  private vertex(vertex: Vertex): void {
    const step = this.steps.get(vertex.digest) ?? {
      vertex,
      label: vertex.name,
      output: new StepOutput(),
      ended: false,
    };
    step.vertex = vertex;
    this.steps.set(vertex.digest, step);
    if (step.ended || isSilent(vertex)) return;
    if (vertex.completed) this.end(step);
    else if (vertex.started) this.activity.item(vertex.digest, { label: step.label, state: 'running' });
  }

  private end(step: Step): void {
    const { digest, cached, error, started, completed } = step.vertex;
    step.ended = true;
    this.print(step, step.output.end());
    if (isInstruction(step.vertex)) {
      this.cached.of++;
      if (cached) this.cached.steps++;
    }
    this.activity.item(digest, {
      label: step.label,
      state: error !== '' ? 'failed' : cached ? 'cached' : 'done',
      elapsed: started && completed ? milliseconds(completed) - milliseconds(started) : 0,
    });
  }

  /** A layer that is pulled or exported, or the context that is sent. */
  private part({ vertex: digest, ID, current, total, completed }: VertexStatus): void {
    const step = this.steps.get(digest);
    if (!step || step.ended || isSilent(step.vertex) || completed) return;
    if (current === 0 && total === 0) return;
    const shortened = ID.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+/, '$1');
    const state = { label: step.label, state: 'running' as const, completed: current, note: shortened };
    this.activity.item(digest, total > 0 ? { ...state, total } : state);
  }

  private print(step: Step, lines: readonly string[]): void {
    const prefix = /^\[[^\]]+\] /.exec(step.label)?.[0] ?? '';
    for (const line of lines) this.activity.line(prefix + line);
  }

  private warn({ short, url, ranges }: VertexWarning): void {
    const line = ranges[0]?.start?.line;
    const text = `warning: ${short.toString()}${line ? ` (line ${line})` : ''}${url ? `, see ${url}` : ''}`;
    if (this.warned.has(text)) return;
    this.warned.add(text);
    this.activity.line(text);
  }

  private noteFailure(digest: string): void {
    const step = this.steps.get(digest);
    if (!step || step.vertex.error === '' || this.failure) return;
    // A failure stops the steps beside it, which then say so.
    if (/context canceled/.test(step.vertex.error)) return;
    this.failure = { step: step.vertex.name, reason: step.vertex.error, output: step.output.last };
  }
}

/** BuildKit's own errands are worth a line only when they fail, except the ones that may take long. */
function isSilent({ name, error }: Vertex): boolean {
  return error === '' && name.startsWith('[internal]') && !name.includes('load build context');
}

function isInstruction({ name }: Vertex): boolean {
  return /^\[[^\]]*\d+\/\d+\] /.test(name) && !/\] FROM /.test(name);
}
