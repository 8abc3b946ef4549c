import { formatAge, renderTable, type TableSurface } from '../../report/index.js';
import type { Palette } from '../../report/palette.js';
import { printableLine } from '../../text/printable.js';
import type { FoundContainer } from './found.js';
import type { ContainerState } from './state.js';

/** A container of the project, where it is and how. */
export interface RunningRow {
  container: FoundContainer;
  state: ContainerState;
  /** `here`, or the host. */
  place: string;
}

/** A table of what runs, a line a row. @param withPlaces whether several places were asked */
export function renderRunning(
  rows: readonly RunningRow[],
  { now, withPlaces }: { now: Date; withPlaces: boolean },
  palette: Palette,
  surface: Omit<TableSurface, 'ellipsis'> = {},
): string[] {
  const heading = ['IMAGE', ...(withPlaces ? ['WHERE'] : []), 'STATE', 'SINCE', 'PORTS', 'CONTAINER'];
  const lines = rows.map(({ container, state, place }) => [
    container.section,
    ...(withPlaces ? [place] : []),
    colourOf(state, palette)(state.text),
    container.started ? formatAge(container.started, now) : '',
    container.ports.join(', '),
    printableLine(container.name),
  ]);
  const [head = '', ...others] = renderTable([heading, ...lines], [], {
    ...surface,
    ellipsis: palette.signs.ellipsis,
  });
  return [palette.bold(head), ...others];
}

function colourOf({ ready }: ContainerState, palette: Palette): (text: string) => string {
  if (ready === undefined) return (text) => text;
  return ready ? palette.green : palette.red;
}
