import { UserError } from '../lib/text/user-error.js';

/**
 * All that is wrong with some of the images of a task, as one error; undefined where nothing is.
 *
 * @param right images with which nothing is wrong
 */
export function refusalOfAll(
  problems: readonly UserError[],
  right: readonly string[],
  done: 'built' | 'removed',
): UserError | undefined {
  const [first] = problems;
  if (!first) return undefined;
  const sentences = [...new Set(problems.map(({ message }) => message))];
  if (right.length > 0)
    sentences.push(`Nothing is ${done}. Of these, ${right.join(', ')} can be ${done} by name.`);
  if (sentences.length === 1) return first;
  return new UserError(first.code, sentences.join('\n'), { exitStatus: first.exitStatus });
}
