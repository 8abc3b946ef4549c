import type { Case } from './cases.js';

/** Dockerfiles of two to five stages that refer to each other, to images and to build arguments in every way, always the same ones. */
export function generatedCases(count = 120): Case[] {
  const chance = chances(20_10);
  return Array.from({ length: count }, () => generate(chance));
}

type Chance = (below: number) => number;

const NAMES = ['base', 'dev', 'one', 'two', 'x.y'];
const WORDS = [
  'base',
  'dev:7',
  'scratch',
  '$A',
  '${B:-dev}',
  '${A%-*}',
  '${C}base',
  '"base"',
  '${A/base/dev}',
  'proj-${B:+x}dev',
];

function generate(chance: Chance): Case {
  const pick = <T>(list: readonly T[]) => list[chance(list.length)]!;
  const lines = [
    'ARG A=proj-base',
    pick(['ARG B', 'ARG B=base', 'ARG B="$A"']),
    pick(['ARG C', 'ARG C=our/', '# ARG C=x']),
  ];
  const stages = 2 + chance(4);
  for (let stage = 0; stage < stages; stage++) {
    const from = pick([...WORDS, ...NAMES]);
    lines.push(
      `${pick(['FROM', 'from'])} ${from}${chance(3) === 0 ? '' : ` ${pick(['AS', 'as'])} ${pick([...NAMES, 'Two'])}`}`,
    );
    for (let more = chance(3); more > 0; more--) lines.push(instruction(pick, chance, stages));
  }
  const target = chance(3) === 0 ? pick(NAMES) : undefined;
  const buildArgs = chance(3) === 0 ? { [pick(['A', 'B', 'C'])]: pick(['dev', 'our/', '']) } : undefined;
  return { dockerfile: lines.join('\n'), ...(buildArgs && { buildArgs }), ...(target && { target }) };
}

function instruction(pick: <T>(list: readonly T[]) => T, chance: Chance, stages: number): string {
  const from = pick([...NAMES, String(chance(stages)), 'base:7']);
  return pick([
    `COPY --from=${from} /a /a`,
    `RUN --mount=type=bind,from=${from},target=/a true`,
    `RUN cat <<EOF\nFROM ${from}\nEOF`,
    `RUN echo "<<EOF" \\\n  # FROM ${from}\n  x`,
    `ARG ${pick(['A', 'B'])}=${from}`,
  ]);
}

/** A linear congruential generator: the same numbers everywhere. */
function chances(seed: number): Chance {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
