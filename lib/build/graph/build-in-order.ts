import { messageOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import type { ImageGraph } from './plan-graph.js';

export interface OrderOptions {
  /** How many builds may run at once. */
  concurrency: number;
  /** The images to build; all of the graph by default. Of what they need, only what is named here is waited for. */
  images?: readonly string[];
  /** When it is aborted no further build is started; those under way are expected to end by themselves. */
  signal?: AbortSignal;
}

interface Failure {
  image: string;
  error: unknown;
}

/**
 * Builds each image once, behind what it needs, side by side where the graph allows it. A failure stops what depends
 * on it and lets the others end.
 *
 * @throws {UserError} what a build threw where it stopped nothing else, and `BUILD_FAILED` with all failures and what was
 *   not built because of them
 * @throws {unknown} what a build threw that is no UserError, and the signal's reason where nothing failed
 */
export async function buildInOrder(
  graph: ImageGraph,
  build: (image: string) => Promise<void>,
  { concurrency, images = graph.order, signal }: OrderOptions,
): Promise<void> {
  const wanted = new Set(images);
  const waiting = graph.order.filter((image) => wanted.has(image));
  const needed = (image: string) =>
    (graph.needs.get(image) ?? []).flatMap((need) => (wanted.has(need.image) ? need.image : []));
  const built = new Set<string>();
  const failures: Failure[] = [];
  const running = new Map<string, Promise<void>>();

  const start = (image: string) => {
    waiting.splice(waiting.indexOf(image), 1);
    const ended = Promise.resolve(image)
      .then(build)
      .then(
        () => void built.add(image),
        (error: unknown) => void failures.push({ image, error }),
      )
      .finally(() => running.delete(image));
    running.set(image, ended);
  };
  const startWhatCan = () => {
    const ready = waiting.filter((image) => needed(image).every((need) => built.has(need)));
    if (!signal?.aborted) ready.slice(0, Math.max(0, concurrency - running.size)).forEach(start);
  };

  for (startWhatCan(); running.size > 0; startWhatCan()) await Promise.race(running.values());
  if (failures.length > 0) throw failureOf(failures, waiting);
  signal?.throwIfAborted();
}

function failureOf(failures: readonly Failure[], notBuilt: readonly string[]): unknown {
  const unexpected = failures.find(({ error }) => !(error instanceof UserError));
  if (unexpected) return unexpected.error;
  const [first] = failures;
  if (failures.length === 1 && notBuilt.length === 0) return first?.error;
  const sentences = failures.map(({ image, error }) => `${image}: ${messageOf(error)}`);
  if (notBuilt.length > 0) sentences.unshift(`not built, because of what failed: ${notBuilt.join(', ')}`);
  const exitStatus = first?.error instanceof UserError ? first.error.exitStatus : undefined;
  return new UserError('BUILD_FAILED', sentences.join('\n'), { cause: first?.error, exitStatus });
}
