/** A program for the tests: three activities at once, and somebody else who writes to the same terminal. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createReport } from '../../../lib/report/index.js';

const report = createReport();

async function build(title: string, pause: number): Promise<void> {
  const activity = report.activity(title);
  for (let step = 1; step <= 3; step++) {
    const label = `[${step}/3] RUN a command with 日本語 in it that is longer than most terminals are wide, --and --more`;
    activity.item(String(step), { label, state: 'running' });
    for (let line = 1; line <= 5; line++) {
      await sleep(pause);
      activity.line(`step ${step} line ${line}\r\n`);
    }
    activity.item(String(step), { label: `step ${step}`, state: 'done', elapsed: pause * 5 });
  }
  activity.done('built');
}

async function push(): Promise<void> {
  const activity = report.activity('push');
  const total = 50_000_000;
  for (let completed = 0; completed < total; completed += 1_000_000) {
    activity.item('a', { label: 'layer a', state: 'running', completed, total });
    await sleep(40);
  }
  activity.item('a', { label: 'layer a', state: 'done', completed: total, total });
  activity.done('pushed');
}

async function others(): Promise<void> {
  for (let line = 1; line <= 10; line++) {
    process.stdout.write('[12:00:00] ');
    console.log(`from gulp ${line}`);
    await sleep(170);
  }
}

void Promise.all([build('one', 60), build('two', 90), push(), others()]).then(() => console.log('the end'));
