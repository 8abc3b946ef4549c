import type { Activity } from '../../report/types.js';
import type { StepFailure } from './failure.js';
import { StepOutput } from './step-output.js';

interface Step {
  /** Such as `2/5`. */
  number: string;
  label: string;
  started: number;
  cached: boolean;
  output: string[];
}

/** Tells an activity what the classic builder does, from what it prints. */
export class ClassicProgress {
  readonly #activity: Activity;
  readonly #printed = new StepOutput();
  #step: Step | undefined;
  readonly cached = { steps: 0, of: 0 };

  constructor(activity: Activity) {
    this.#activity = activity;
  }

  print(text: string): void {
    for (const line of this.#printed.add(Buffer.from(text))) this.#line(line);
  }

  /** Ends the step that is under way. */
  end(state: 'done' | 'failed'): void {
    for (const line of this.#printed.end()) this.#line(line);
    if (!this.#step) return;
    const { number, label, started, cached } = this.#step;
    if (!/^\[\d+\/\d+\] FROM /i.test(label)) {
      this.cached.of++;
      if (cached) this.cached.steps++;
    }
    const elapsed = Date.now() - started;
    this.#activity.item(number, { label, state: cached && state === 'done' ? 'cached' : state, elapsed });
  }

  failure(reason: string): StepFailure | undefined {
    return this.#step && { step: this.#step.label, reason, output: this.#step.output };
  }

  #line(line: string): void {
    const [, number, instruction] = /^Step (\d+\/\d+) : (.*)$/.exec(line) ?? [];
    if (number !== undefined) {
      this.end('done');
      this.#step = {
        number,
        label: `[${number}] ${instruction}`,
        started: Date.now(),
        cached: false,
        output: [],
      };
      this.#activity.item(number, { label: this.#step.label, state: 'running' });
    } else if (line === ' ---> Using cache' && this.#step) {
      this.#step.cached = true;
    } else if (!/^(?: ---> |Removing intermediate container |Successfully (?:built|tagged) )/.test(line)) {
      this.#step?.output.push(line);
      this.#step?.output.splice(0, this.#step.output.length - StepOutput.KEPT);
      this.#activity.line(this.#step ? `[${this.#step.number}] ${line}` : line);
    }
  }
}
