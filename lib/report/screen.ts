import { interceptWrites } from './intercept.js';
import { Lines } from './lines.js';
import { displayWidth } from './text.js';

/** One block of the live region: its first line is its title. Lines must fit into `columns`. */
export type Block = (columns: number) => string[];

const FRAME = 100;
const SHORTEST_PAUSE = 40;
/** Terminals that know these show what is between them at once; the others take no notice. */
const BEGIN_UPDATE = '\x1b[?2026h';
const END_UPDATE = '\x1b[?2026l';

const screens = new WeakMap<NodeJS.WriteStream, Screen>();

/** The screen of a terminal: one, however many reports write to it. @param writers all streams that may be this terminal. */
export function screenOf(stream: NodeJS.WriteStream, writers: readonly NodeJS.WriteStream[]): Screen {
  let screen = screens.get(stream);
  if (!screen) screens.set(stream, (screen = new Screen(stream, writers)));
  return screen;
}

/**
 * A terminal with a live region at its bottom; permanent lines, and whatever others write to the same terminal,
 * scroll away above it. The cursor is never hidden and rests below the region, so that there is nothing to put right
 * when the process is killed.
 */
export class Screen extends Lines {
  readonly #writers: readonly NodeJS.WriteStream[];
  readonly #blocks = new Set<Block>();
  /** Lines of the region as they stand on the terminal. */
  #drawn: string[] = [];
  #drawnAt = -Infinity;
  /** False while somebody else's line is unfinished: the region must wait for its end. */
  #atLineStart = true;
  #timer: NodeJS.Timeout | undefined;
  #release: (() => void) | undefined;

  constructor(stream: NodeJS.WriteStream, writers: readonly NodeJS.WriteStream[]) {
    super(stream);
    this.#writers = writers;
  }

  /** Shows a block until the returned function is called. */
  show(block: Block): () => void {
    if (this.#blocks.size === 0) this.#open();
    this.#blocks.add(block);
    this.#draw();
    return () => {
      if (!this.#blocks.delete(block)) return;
      if (this.#blocks.size === 0) this.#close();
      else this.#draw();
    };
  }

  get columns(): number {
    // A terminal that does not know its size says 0.
    return this.stream.columns || 80;
  }

  override hold(): () => void {
    const release = super.hold();
    this.#erase();
    return () => {
      release();
      this.#draw();
    };
  }

  protected override write(text: string): void {
    const broken = this.#atLineStart ? '' : '\n';
    this.#atLineStart = true;
    this.#frame(`${broken}${text}`);
  }

  #open(): void {
    this.#timer = setInterval(() => this.#draw(), FRAME).unref();
    this.stream.on('resize', this.#draw);
    process.on('exit', this.#erase);
    const releases = [...new Set(this.#writers)]
      .filter((writer) => writer.isTTY)
      .map((writer) =>
        interceptWrites(writer, { before: this.#erase, after: (text) => this.#afterOthers(text) }),
      );
    this.#release = () => releases.forEach((release) => release());
  }

  #close(): void {
    this.#erase();
    clearInterval(this.#timer);
    this.stream.off('resize', this.#draw);
    process.off('exit', this.#erase);
    this.#release?.();
    this.#release = undefined;
    this.#atLineStart = true;
  }

  #afterOthers(text: string): void {
    if (text !== '') this.#atLineStart = text.endsWith('\n');
    // Many small writes in a row would otherwise each pay for a frame.
    if (performance.now() - this.#drawnAt > SHORTEST_PAUSE) this.#draw();
  }

  readonly #draw = (): void => {
    if (this.isHeld || !this.#atLineStart || this.#blocks.size === 0) return;
    this.#frame('');
  };

  /** Puts permanent text and the region below it on the terminal, in one write. */
  #frame(permanent: string): void {
    const { columns } = this;
    const rows = this.stream.rows || 24;
    // In the last column a terminal waits before it wraps, each in its own way.
    const lines = this.isHeld
      ? []
      : fit(
          [...this.#blocks].map((block) => block(columns - 1)),
          Math.max(0, rows - 2),
        );
    const region = lines.map((line) => `${line}\n`).join('');
    const drawn = this.#rows;
    if (drawn === 0) this.#put(permanent + region);
    // Lines of the region are painted over, so that nothing flickers; a line that stays must not carry the blanks of
    // an erased one, which terminals wrap when they become narrower.
    else if (permanent !== '') this.#put(`${up(drawn)}${clear(drawn)}${permanent}${region}`);
    else this.#put(`${up(drawn)}${region.replaceAll('\n', '\x1b[K\n')}${clear(drawn - lines.length)}`);
    this.#drawn = lines;
    this.#drawnAt = performance.now();
  }

  readonly #erase = (): void => {
    if (this.#rows > 0) this.#put(up(this.#rows) + clear(this.#rows));
    this.#drawn = [];
  };

  /** Rows that the region takes: a terminal that became narrower has wrapped the lines that stand on it. */
  get #rows(): number {
    const rows = this.#drawn.map((line) => Math.max(1, Math.ceil(displayWidth(line) / this.columns)));
    return rows.reduce((sum, row) => sum + row, 0);
  }

  #put(text: string): void {
    const painted = this.#rows > 0 ? `${BEGIN_UPDATE}${text}${END_UPDATE}` : text;
    interceptWrites.aside(() => this.stream.write(painted));
  }
}

function up(rows: number): string {
  return `\r\x1b[${rows}A`;
}

/**
 * Clears as many lines and comes back. Not by "erase below": where that is the whole screen, terminals such as tmux
 * keep what was erased in their history.
 */
function clear(rows: number): string {
  return rows > 0 ? `${'\x1b[2K\x1b[B'.repeat(rows)}\x1b[${rows}A` : '';
}

/** All blocks one below the other; where they do not fit, the longest give up their last lines and say how many. */
function fit(blocks: string[][], rows: number): string[] {
  const cut = blocks.map((lines) => ({ lines, hidden: 0 }));
  const height = () => cut.reduce((sum, { lines, hidden }) => sum + lines.length + (hidden ? 1 : 0), 0);
  while (height() > rows) {
    const [first, ...others] = cut;
    const longest = others.reduce(
      (best, one) => (best && one.lines.length <= best.lines.length ? best : one),
      first,
    );
    if (!longest || longest.lines.length <= 1) return blocks.flat().slice(0, Math.max(0, rows));
    longest.lines.pop();
    longest.hidden++;
  }
  return cut.flatMap(({ lines, hidden }) => (hidden ? [...lines, `  (${hidden} more)`] : lines));
}
