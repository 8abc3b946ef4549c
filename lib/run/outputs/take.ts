import type { Container } from '../../engine/containers/container.js';
import { UserError } from '../../text/user-error.js';
import type { RunMeans } from '../means.js';
import type { RunPlan } from '../plan.js';
import { Interruption } from '../signals/interruption.js';
import { copyOutput } from './copy.js';
import { copyLines, removalLine } from './render.js';

/**
 * Copies the outputs of a container that has ended, and removes it. A container that was left running stays, and so does
 * one of which they cannot be copied: how to get at them is told.
 *
 * @throws {UserError} `OUTPUT_OUTSIDE`, `OUTPUT_WRITE`, `ENGINE_LOST`, `INTERRUPTED`
 */
export async function takeOutputs(
  container: Container,
  plan: RunPlan,
  { engine, report, hasEnded }: Pick<RunMeans, 'engine' | 'report'> & { hasEnded: boolean },
): Promise<void> {
  const { outputs, root, cliFlags } = plan;
  const { name } = container;
  const removal = removalLine(name, cliFlags);
  const lines = copyLines(name, outputs, cliFlags);
  if (!hasEnded) return [...lines, removal].forEach((line) => report.info(`once it has ended: ${line}`));
  // Whatever has ended the container does not end this, unless it comes again.
  const interruption = new Interruption(new AbortController().signal);
  try {
    for (const [index, output] of outputs.entries()) {
      report.command(lines[index] ?? '');
      await copyOutput(container, output, { engine, report, signal: interruption.signal, root });
    }
    report.command(removal);
    await container.remove();
  } catch (error) {
    report.warn(`${name} is kept for what was not copied; when you have it: ${removal}`);
    throw interruption.signal.aborted ? interrupted(interruption, plan) : error;
  } finally {
    interruption.release();
  }
}

function interrupted(interruption: Interruption, { image }: RunPlan): UserError {
  const sentence = `Interrupted while the outputs of ${image.name} were copied.`;
  return new UserError('INTERRUPTED', sentence, { exitStatus: interruption.exitStatus });
}
