import { appendFileSync } from 'node:fs';
import { formatBytes, formatDuration } from '../../lib/report/format.js';
import { messageOf } from '../../lib/text/thrown.js';
import type { BuildJson, PublishJson, TransferJson } from '../results.js';

/** What came of an image. */
export type Outcome = BuildJson | TransferJson | PublishJson;

/** Kinds of task whose results are in the summary. */
const KINDS = ['build', 'transfer', 'publish'];

const outcomes: Outcome[] = [];

/**
 * Takes down what comes of images, for the summary of a job of GitHub Actions: a table that is appended to the file
 * `GITHUB_STEP_SUMMARY` when the process ends. Undefined where there is no such job.
 */
export function summaryOf(kind: string, env: NodeJS.ProcessEnv): ((outcome: object) => void) | undefined {
  const file = env.GITHUB_STEP_SUMMARY;
  if (env.GITHUB_ACTIONS !== 'true' || file === undefined || file === '' || !KINDS.includes(kind))
    return undefined;
  return (outcome) => {
    if (!isOutcome(outcome)) return;
    if (outcomes.length === 0) process.once('exit', () => write(file));
    outcomes.push(outcome);
  };
}

function isOutcome(value: object): value is Outcome {
  return 'kind' in value && 'ok' in value;
}

function write(file: string): void {
  try {
    appendFileSync(file, summaryText(outcomes));
  } catch (error) {
    console.error(`The job summary cannot be written: ${messageOf(error)}`);
  }
}

/** The table as Markdown. */
export function summaryText(all: readonly Outcome[]): string {
  const rows = all.map((outcome) => `| ${[markOf(outcome), ...cellsOf(outcome)].join(' | ')} |`);
  return ['| | image | what came of it | size | time |', '|---|---|---|---:|---:|', ...rows, '', ''].join(
    '\n',
  );
}

function markOf({ kind, ok }: Outcome): string {
  return `${ok ? '✅' : '❌'} ${kind}`;
}

function cellsOf(outcome: Outcome): string[] {
  const image = code(
    outcome.kind === 'build'
      ? outcome.image
      : outcome.kind === 'publish'
        ? outcome.source
        : outcome.reference,
  );
  if (!outcome.ok) return [image, cell(outcome.error.message.split('\n', 1)[0] ?? ''), '', ''];
  if (outcome.kind === 'publish')
    return [image, `${code(outcome.reference)} ${code(outcome.digest)}`, '', ''];
  const time = formatDuration(outcome.elapsed);
  if (outcome.kind === 'transfer')
    return [
      image,
      `${outcome.layersSent} of ${outcome.layers} layers to ${code(outcome.host)}`,
      formatBytes(outcome.bytesSent),
      time,
    ];
  if ('path' in outcome) return [image, code(outcome.path), formatBytes(outcome.bytes), time];
  const { steps, of } = outcome.cached;
  return [
    image,
    `${code(outcome.reference)}, ${steps} of ${of} steps cached`,
    formatBytes(outcome.size),
    time,
  ];
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

/** What Markdown would take for the end of a cell, or for its own. */
function cell(text: string): string {
  return text.replace(/[|`<]/g, (character) => `&#${character.charCodeAt(0)};`);
}
