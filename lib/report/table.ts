import { displayWidth, truncate } from './text.js';

const GAP = '  ';
/** A column is not made narrower than this, or than what it holds. */
const NARROWEST = 8;

/** What a table is made for. */
export interface TableSurface {
  /** Columns of the terminal; lines are as long as they need to be where there is none. */
  columns?: number;
  ellipsis?: string;
}

/**
 * Text in columns, a line a row, each as wide as its widest cell. Where they do not fit together, the widest columns
 * become narrower, and what does not fit into them is cut. Cells may hold colours.
 *
 * @param alignRight indexes of the columns whose cells stand at their right
 */
export function renderTable(
  rows: readonly (readonly string[])[],
  alignRight: readonly number[] = [],
  { columns = Infinity, ellipsis = '…' }: TableSurface = {},
): string[] {
  const widths = fit(widest(rows), columns);
  return rows.map((row) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        const cell = truncate(text, width, ellipsis);
        const blanks = ' '.repeat(width - displayWidth(cell));
        return alignRight.includes(column) ? blanks + cell : cell + blanks;
      })
      .join(GAP)
      .trimEnd(),
  );
}

function widest(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((text, column) => (widths[column] = Math.max(widths[column] ?? 0, displayWidth(text))));
  return widths;
}

function fit(widths: number[], columns: number): number[] {
  const total = () => widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  while (total() > columns) {
    const largest = Math.max(...widths);
    if (largest <= NARROWEST) break;
    widths[widths.indexOf(largest)] = largest - 1;
  }
  return widths;
}
