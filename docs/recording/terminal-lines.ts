/** A piece of a line that looks the same all along. */
export interface Piece {
  column: number;
  text: string;
  /** Names of classes: `bold`, `green`. */
  looks: readonly string[];
}

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const NORMAL_WEIGHT = 22;
const NORMAL_COLOUR = 39;

/** Lines of a terminal's screen as tmux gives them (`capture-pane -e`): characters of one column each, and how they look. */
export function piecesOf(lines: readonly string[]): Piece[][] {
  // How it looks holds from one line to the next.
  let looks: ReadonlySet<string> = new Set<string>();
  return lines.map((line) => {
    const pieces: Piece[] = [];
    let column = 0;
    for (const [part, codes] of line.matchAll(/\x1b\[([\d;]*)m| {2,}|[^]/gu)) {
      if (codes !== undefined) {
        for (const code of codes.split(';')) looks = after(Number(code), looks);
        continue;
      }
      const isGap = /^ {2,}$/.test(part);
      const last = pieces.at(-1);
      const isNext =
        last?.looks.join() === [...looks].join() && last.column + [...last.text].length === column;
      if (last && isNext && !isGap) last.text += part;
      else if (!isGap) pieces.push({ column, text: part, looks: [...looks] });
      column += [...part].length;
    }
    return pieces.filter(({ text }) => text.trim() !== '');
  });
}

function after(code: number, looks: ReadonlySet<string>): Set<string> {
  if (code === 0) return new Set();
  const kept = new Set(looks);
  const without = (names: readonly string[]) => names.forEach((name) => kept.delete(name));
  if (code === 1) kept.add('bold');
  if (code === 2) kept.add('dim');
  if (code === NORMAL_WEIGHT) without(['bold', 'dim']);
  const colour = COLOURS[code - 30];
  if (colour !== undefined || code === NORMAL_COLOUR) without(COLOURS);
  if (colour !== undefined) kept.add(colour);
  return kept;
}
