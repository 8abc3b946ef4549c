import type { Activity } from '../../report/types.js';
import type { StepFailure } from './failure.js';
import { StepOutput } from './step-output.js';
import { buildah, classic, type Wording } from './wording.js';

interface Step {
  /** Such as `2/5`, or `builder 2/5` where there are several stages. */
  number: string;
  label: string;
  started: number;
  cached: boolean;
  output: string[];
}

/** Tells an activity what the classic builder, or podman's, does, from what it prints. */
export class ClassicProgress {
  readonly #activity: Activity;
  readonly #printed = new StepOutput();
  /** That of the builder, which its first line tells. */
  #wording: Wording = classic;
  #step: Step | undefined;
  /** The stage that is under way: as the builder counts it, and its name. */
  #stage = { counted: '', name: '' };
  readonly cached = { steps: 0, of: 0 };

  constructor(activity: Activity) {
    this.#activity = activity;
  }

  print(text: string): void {
    if (this.#wording.message?.test(text)) for (const line of this.#printed.end()) this.#line(line);
    for (const line of this.#printed.add(Buffer.from(text))) this.#line(line);
  }

  /** Ends the step that is under way. */
  end(state: 'done' | 'failed'): void {
    for (const line of this.#printed.end()) this.#line(line);
    if (!this.#step) return;
    const { number, label, started, cached } = this.#step;
    if (!/^\[[^\]]*\] FROM /i.test(label)) {
      this.cached.of++;
      if (cached) this.cached.steps++;
    }
    const elapsed = performance.now() - started;
    this.#activity.item(number, { label, state: cached && state === 'done' ? 'cached' : state, elapsed });
  }

  failure(reason: string): StepFailure | undefined {
    return this.#step && { step: this.#step.label, reason, output: this.#step.output };
  }

  #line(line: string): void {
    const begun = this.#begun(line);
    if (begun) {
      this.end('done');
      this.#step = { ...begun, started: performance.now(), cached: false, output: [] };
      this.#activity.item(begun.number, { label: begun.label, state: 'running' });
    } else if (this.#step && this.#wording.cached.test(line)) {
      this.#step.cached = true;
    } else if (!this.#wording.aside.test(line)) {
      this.#step?.output.push(line);
      this.#step?.output.splice(0, this.#step.output.length - StepOutput.KEPT);
      this.#activity.line(this.#step ? `[${this.#step.number}] ${line}` : line);
    }
  }

  /** The step that begins with a line. */
  #begun(line: string): Pick<Step, 'number' | 'label'> | undefined {
    if (!this.#step && buildah.step(line)) this.#wording = buildah;
    const step = this.#wording.step(line);
    if (!step) return undefined;
    const { stage, instruction } = step;
    if (stage !== this.#stage.counted) {
      const [, name] = /^FROM .* AS (\S+)$/i.exec(instruction) ?? [];
      this.#stage = { counted: stage, name: name ?? stage };
    }
    const number = stage === '' ? step.number : `${this.#stage.name} ${step.number}`;
    return { number, label: `[${number}] ${instruction}` };
  }
}
