import type { Palette } from '../report/palette.js';
import { wrapped } from '../report/wrapped.js';

/** One thing that was looked at. */
export interface Finding {
  state: 'right' | 'doubtful' | 'wrong';
  /** What was found, and what to do where it is not right. */
  text: string;
}

/** Findings about one subject. */
export interface Chapter {
  title: string;
  findings: readonly Finding[];
}

export function right(text: string): Finding {
  return { state: 'right', text };
}

export function doubtful(text: string): Finding {
  return { state: 'doubtful', text };
}

export function wrong(text: string): Finding {
  return { state: 'wrong', text };
}

/** A sentence about a host, with the host's name before it where it does not stand in it. */
export function about(host: string, sentence: string): string {
  return sentence.includes(host) ? sentence : `${host}: ${sentence}`;
}

/**
 * Chapters as lines of text, each finding with a sign before it.
 *
 * @param columns long findings go on in a further line where they do not fit; undefined: they never do
 */
export function renderFindings(
  chapters: readonly Chapter[],
  palette: Palette,
  columns: number = Infinity,
): string[] {
  const { bold, green, yellow, red, signs } = palette;
  const sign = { right: green(signs.done), doubtful: yellow('!'), wrong: red(signs.failed) };
  return chapters
    .filter(({ findings }) => findings.length > 0)
    .flatMap(({ title, findings }, index) => [
      ...(index > 0 ? [''] : []),
      bold(title),
      ...findings.flatMap(({ state, text }) =>
        text
          .split('\n')
          .flatMap((line) => wrapped(line, columns - 4))
          .map((line, at) => `  ${at === 0 ? sign[state] : ' '} ${line}`),
      ),
    ]);
}
