import type { Palette } from '../lib/report/palette.js';
import { screenEnv, type TaskContext } from './context.js';

/** Standard output, where a task's result goes that a user may want to keep or to pipe on. */
export interface Printer {
  palette: Palette;
  /** Columns of the terminal; undefined where it is none. */
  columns?: number;
  print: (text: string) => void;
}

export async function openPrinter(context: TaskContext): Promise<Printer> {
  const { choosePalette } = await import('../lib/report/palette.js');
  const { stdout } = process;
  return {
    palette: choosePalette(screenEnv(context), stdout.isTTY),
    ...(stdout.isTTY && { columns: stdout.columns || 80 }),
    print: (text) => void stdout.write(text.endsWith('\n') ? text : `${text}\n`),
  };
}
