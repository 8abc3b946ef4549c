import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { DockerfileError, parseDockerfile, readDockerfile } from '../../../../lib/build/dockerfile/index.js';
import { readPlatform } from '../../../../lib/oci/platform.js';
import type { Answer, Answered } from '../../../oracle/dockerfile/record.js';

const RECORDING = join(import.meta.dirname, '../../../oracle/dockerfile/recording.json');
const recorded = JSON.parse(readFileSync(RECORDING, 'utf8')) as Answered[];

const NEWEST = '28-containerd';
const OLDEST = '20-overlay2';

/** Dockerfiles that the oldest engine builds from something else than the newest, and why ours is the newest's answer. */
const BY_CHOICE: readonly [RegExp, string][] = [
  [/^ONBUILD/m, 'it does not take up what a stage keeps for the stages on top of it, and so fails in them'],
];

function ours({ dockerfile, buildArgs, target, platform, contexts }: Answered): Answer {
  try {
    const { outside } = readDockerfile(parseDockerfile(dockerfile), {
      ...{ buildArgs, target, contexts: new Set(contexts) },
      platform: readPlatform(platform ?? 'linux/amd64'),
    });
    const given = (name: string) => contexts?.find((one) => wholeName(one) === wholeName(name));
    const names = outside.map(({ reference }) => reference);
    return {
      images: [...new Set(names.filter((name) => !given(name)).map(wholeName))].sort(),
      contexts: [...new Set(names.flatMap((name) => given(name) ?? []))].sort(),
    };
  } catch (error) {
    if (error instanceof DockerfileError) return { refused: error.message };
    throw error;
  }
}

/** As engines tell it: `docker.io/library/base:latest`. */
function wholeName(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const domain = !isHost || first === 'index.docker.io' ? 'docker.io' : first;
  const path = isHost ? rest.join('/') : reference;
  const name =
    domain === 'docker.io' && !path.includes('/') ? `${domain}/library/${path}` : `${domain}/${path}`;
  const tagged = /:[^/]+$/.test(name) ? name : `${name}:latest`;
  return tagged.replace(/(:[^/@]+)@.*$/, '$1');
}

function answersOf(engine: string): { one: Answered; answer: Answer }[] {
  return recorded.flatMap((one) => {
    const answer = one.answers[engine];
    return answer && !('refused' in answer) ? [{ one, answer }] : [];
  });
}

describe('what a Dockerfile is built from, against BuildKit', () => {
  it('is what the newest engine asks for', () => {
    const taken = answersOf(NEWEST);
    const wrong = taken.filter(({ one, answer }) => !isDeepStrictEqual(ours(one), answer));
    console.log(
      `      ${taken.length - wrong.length} of ${taken.length} Dockerfiles; ${recorded.length - taken.length} more are refused`,
    );
    expect(wrong.map((each) => ({ ...each, ours: ours(each.one) }))).to.deep.equal([]);
  });

  it('is what the oldest engine asks for, where the newest takes the file too', () => {
    const newest = new Set(answersOf(NEWEST).map(({ one }) => one));
    const taken = answersOf(OLDEST).filter(
      ({ one }) => newest.has(one) && !BY_CHOICE.some(([form]) => form.test(one.dockerfile)),
    );
    const wrong = taken.filter(({ one, answer }) => !isDeepStrictEqual(ours(one), answer));
    console.log(`      ${taken.length - wrong.length} of ${taken.length} Dockerfiles`);
    expect(wrong.map((each) => ({ ...each, ours: ours(each.one) }))).to.deep.equal([]);
  });

  it('is an answer or a refusal, and never a crash', () => {
    for (const one of recorded) expect(() => ours(one), one.dockerfile).not.to.throw();
  });
});
