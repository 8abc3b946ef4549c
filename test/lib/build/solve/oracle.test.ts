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
  '--build-arg A=b --build-arg=A': 'a name without a value takes it away, as with the classic builder',
  '--platform linux/arm64/v8': 'the same platform, in its long form',
  '--platform linux/amd64,linux/amd64': 'each platform once',
};

function ours({ words, request }: SolveAnswer): SolveParts | string {
  try {
    const flags = parseBuildFlags(words, {
      environment: { FROM_HERE: 'from here' },
      directory: join(ORACLE, 'build-flags/context'),
    });
    const [, hostGateway] = /(?:gw|h)=([^,]+)/.exec(request?.frontendAttrs['add-hosts'] ?? '') ?? [];
    const cacheFrom = cachesToTake(flags.cacheFrom, 'containerd', () => undefined);
    const step = { reference: 'image', tags: flags.tags, flags: { ...flags, cacheFrom } };
    const made = solveRequest(step, { filename: 'Dockerfile' }, { ref: 'r', session: 's', hostGateway });
    const tags = made.exporterAttrs.name!.split(',').slice(1);
    return comparable({
      frontendAttrs: made.frontendAttrs,
      entitlements: [...made.entitlements],
      exporterAttrs: tags.length > 0 ? { name: tags.join(',') } : {},
      cacheExports: made.cache.exports.map(({ type, attrs }) => ({ type, attrs })),
    });
  } catch (error) {
    if (error instanceof FlagError) return error.message;
    throw error;
  }
}

function comparable({ exporterAttrs: { name }, ...rest }: SolveParts): SolveParts {
  const tags = name?.split(',').map((tag) => (/:[^/]+$/.test(tag) ? tag : `${tag}:latest`));
  return { ...rest, exporterAttrs: tags ? { name: tags.join(',') } : {} };
}

describe('what BuildKit is asked, against docker buildx', () => {
  it(`is what buildx ${recording.buildx} asks`, () => {
    const taken = recording.answers.filter(
      ({ words, request }) => request && !(words.join(' ') in BY_CHOICE),
    );
    const wrong = taken.filter((answer) => !isDeepStrictEqual(ours(answer), comparable(answer.request!)));
    console.log(
      `      ${taken.length - wrong.length} of ${taken.length} lines; ${Object.keys(BY_CHOICE).length} more differ by choice`,
    );
    expect(wrong.map((answer) => ({ buildx: answer, ours: ours(answer) }))).to.deep.equal([]);
  });
});
