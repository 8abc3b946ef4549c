import type { Palette } from '../../lib/report/palette.js';
import type { SurveyedNode, SurveyedService } from '../../lib/swarm/index.js';

/** What a swarm has of the project. */
export interface SwarmTable {
  /** Address of its manager. */
  manager: string;
  services: readonly SurveyedService[];
  nodes: readonly SurveyedNode[];
}

/** The services of swarms and their nodes, as tables; a line a row. */
export async function renderSwarms(
  swarms: readonly SwarmTable[],
  palette: Palette,
  columns: number | undefined,
): Promise<string[]> {
  const { renderTable } = await import('../../lib/report/index.js');
  const table = (rows: readonly (readonly string[])[]) => {
    const [head = '', ...lines] = renderTable(rows, [], { columns, ellipsis: palette.signs.ellipsis });
    return [palette.bold(head), ...lines];
  };
  return swarms.flatMap(({ manager, services, nodes }, index) => [
    ...(index === 0 ? [] : ['']),
    ...(swarms.length === 1 ? [] : [manager, '']),
    ...(services.length === 0
      ? ['nothing is deployed here']
      : table([
          ['SERVICE', 'RUNNING', 'IMAGE', 'STATE'],
          ...services.map((one) => serviceRow(one, palette)),
        ])),
    '',
    ...table([
      ['NODE', 'ROLE', 'STATE', 'ENGINE', 'IMAGES'],
      ...nodes.flatMap((one) => nodeRows(one, services, palette)),
    ]),
  ]);
}

function serviceRow({ name, running, wanted, image, state }: SurveyedService, { green, yellow }: Palette) {
  const count = `${running}/${wanted}`;
  return [name, running >= wanted ? green(count) : yellow(count), shortName(image), state ?? ''];
}

function nodeRows(
  { node, contents }: SurveyedNode,
  services: readonly SurveyedService[],
  palette: Palette,
): string[][] {
  const { hostname, role, state, availability, engineVersion } = node;
  const shown = availability === 'active' ? state : `${state}, ${availability}`;
  const own = [hostname, role, state === 'ready' ? shown : palette.red(shown), engineVersion];
  const images = contents.map(({ image, state }) => {
    const use = services.some((service) => service.image === image)
      ? 'in use'
      : services.some((service) => service.previous === image)
        ? 'for rollback'
        : 'unused';
    return `${shortName(image)}  ${state === 'there' ? palette.dim(use) : palette.yellow(STATES[state])}`;
  });
  if (images.length === 0) return [[...own, '']];
  return images.map((image, index) => [...(index === 0 ? own : ['', '', '', '']), image]);
}

const STATES = {
  stale: 'stale: labelled, and not there',
  unlabelled: 'there, and not labelled',
  unknown: 'not asked',
} as const;

/** Without the registry that is none. */
function shortName(image: string): string {
  return image.replace(/^127\.0\.0\.1:1\//, '');
}
