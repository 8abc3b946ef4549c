import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { parseBuildFlags } from '../../../../lib/build/flags/index.js';
import { cachesToTake } from '../../../../lib/build/local-cache.js';
import { solveRequest } from '../../../../lib/build/solve/solve-request.js';
import { FlagError } from '../../../../lib/text/flag-error.js';
import type { SolveAnswer, SolveParts, SolveRecording } from '../../../oracle/build-solve/record.js';

const ORACLE = join(import.meta.dirname, '../../../oracle');
const recording = JSON.parse(
  readFileSync(join(ORACLE, 'build-solve/recording.json'), 'utf8'),
) as SolveRecording;

const REFUSED = 'buildx takes no notice of it; it is refused, as by the classic builder';

/** Lines that differ by choice, and why. */
const BY_CHOICE: Readonly<Record<string, string>> = {
  '--add-host=': REFUSED,
  '--label=a b=c': REFUSED,
  '--memory=-1': REFUSED,
  '--memory=x': REFUSED,
  '--memory=': REFUSED,
  '--memory-swap=x': REFUSED,
  '--annotation a=b': 'buildx drops it; it is refused with the word that is missing',
  '--target dev, attestations by default': 'the same sources shall give the same image',
  '--build-arg A=b --build-arg=A': 'a name without a value takes it away, as with the classic builder',
  '-o type=tar': 'an archive goes to a file: standard output has lines of gulp',
  '--platform linux/arm64/v8': 'the same platform, in its long form',
  '--platform linux/amd64,linux/amd64': 'each platform once',
};

/** Lines that buildx refuses, and why they are read all the same. */
const TAKEN: Readonly<Record<string, string>> = {
  '--cache-from="a,b"': 'two references, as with the classic builder',
  '--cache-from=a,,b': 'as with the classic builder',
  '--network=mynet': 'a network of the classic builder; BuildKit refuses it',
  '--network=container:x': 'a network of the classic builder; BuildKit refuses it',
  '--platform=': "the engine's own, as with the classic builder",
  '--disable-content-trust': 'a flag of the classic builder',
  '--build-context a=none': 'folders are looked at when the build begins',
  '--ssh default': 'agents are looked for when the build begins',
};

/** A line as it stands in that table. */
function lineOf({ words, env = {} }: SolveAnswer): string {
  const byDefault = 'BUILDX_NO_DEFAULT_ATTESTATIONS' in env ? ', attestations by default' : '';
  return words.join(' ') + byDefault;
}

function ours({ words, env, request }: SolveAnswer): SolveParts | string {
  try {
    const flags = parseBuildFlags(words, {
      environment: environmentOf(env),
      directory: join(ORACLE, 'build-flags/context'),
    });
    const [, hostGateway] = /(?:gw|h)=([^,]+)/.exec(request?.frontendAttrs['add-hosts'] ?? '') ?? [];
    const cacheFrom = cachesToTake(flags.cacheFrom, 'containerd', () => undefined);
    const step = { reference: 'image', flags: { ...flags, cacheFrom }, contextKey: '' };
    const made = solveRequest(
      step,
      { filename: 'Dockerfile' },
      {
        ref: 'r',
        session: 's',
        hostGateway,
        isExported: flags.export !== undefined,
      },
    );
    const { name, ...exporterAttrs } = made.exporterAttrs;
    const tags = name?.split(',').slice(1) ?? [];
    return comparable({
      frontendAttrs: made.frontendAttrs,
      entitlements: [...made.entitlements],
      exporterAttrs: { ...exporterAttrs, ...(tags.length > 0 && { name: tags.join(',') }) },
      cacheExports: made.cache.exports.map(({ type, attrs }) => ({ type, attrs })),
    });
  } catch (error) {
    if (error instanceof FlagError) return error.message;
    throw error;
  }
}

function environmentOf(env: SolveAnswer['env'] = {}): Record<string, string> {
  const given = Object.entries(env).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return { FROM_HERE: 'from here', ...(Object.fromEntries(given) as Record<string, string>) };
}

function comparable({ exporterAttrs: { name, ...attributes }, ...rest }: SolveParts): SolveParts {
  const tags = name?.split(',').map((tag) => (/:[^/]+$/.test(tag) ? tag : `${tag}:latest`));
  return { ...rest, exporterAttrs: { ...attributes, ...(tags && { name: tags.join(',') }) } };
}

describe('what BuildKit is asked, against docker buildx', () => {
  it(`is what buildx ${recording.buildx} asks`, () => {
    const taken = recording.answers.filter((answer) => answer.request && !(lineOf(answer) in BY_CHOICE));
    const wrong = taken.filter((answer) => !isDeepStrictEqual(ours(answer), comparable(answer.request!)));
    console.log(
      `      ${taken.length - wrong.length} of ${taken.length} lines; ${Object.keys(BY_CHOICE).length} more differ by choice`,
    );
    expect(wrong.map((answer) => ({ buildx: answer, ours: ours(answer) }))).to.deep.equal([]);
  });

  it('is nothing where buildx refuses the line by itself', () => {
    const refused = recording.answers.filter(
      ({ says }) => says !== undefined && !says.includes('failed to solve'),
    );
    const taken = refused.filter((answer) => typeof ours(answer) !== 'string').map(lineOf);
    expect(taken).to.have.members(Object.keys(TAKEN));
  });
});
