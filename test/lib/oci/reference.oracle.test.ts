import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { asReference, checkImage, partsIn } from '../../../lib/oci/reference.js';
import { ValueError } from '../../../lib/text/flag-error.js';
import type { Answer, Recording } from '../../oracle/references/recording.js';

const file = new URL('../../oracle/references/recording.json', import.meta.url);
const { answers } = JSON.parse(readFileSync(file, 'utf8')) as Recording;

/** What this project makes of a text, in the form of the recording. */
function ours(text: string): Answer {
  const parts = partsIn(text);
  const create = complaint(() => checkImage(text)) === undefined;
  if (!parts) return { text, create, says: complaint(() => asReference(text)) };
  const { registry, repository, tag = 'latest', digest } = parts;
  const credentialsOf = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  return {
    text,
    pull: { fromImage: repository, tag: digest ?? tag, credentialsOf },
    // A tag cannot be given to what has a digest.
    ...(digest === undefined && { tag: { repo: repository, tag } }),
    create,
  };
}

function complaint(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof ValueError) return error.message;
    throw error;
  }
}

describe('references, against the docker CLI', () => {
  for (const answer of answers) {
    it(`reads ${JSON.stringify(answer.text.slice(0, 60))} as the CLI does`, () => {
      expect(ours(answer.text)).to.deep.equal(answer);
    });
  }
});
