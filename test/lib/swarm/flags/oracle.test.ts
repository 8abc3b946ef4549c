import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FlagError, parseServiceLine } from '../../../../lib/swarm/flags/index.js';
import { BY_CHOICE } from '../../../oracle/service-flags/by-choice.js';
import { CURRENT, FILES } from '../../../oracle/service-flags/cases.js';
import { idOf } from '../../../oracle/service-flags/fake-swarm.js';
import { type Answer, difference, type Recording } from '../../../oracle/service-flags/recording.js';
import { compareWithDocker, withoutFolders } from '../../flags/against-docker.js';

const ORACLE = join(import.meta.dirname, '../../../oracle/service-flags');
const recording = JSON.parse(readFileSync(join(ORACLE, 'recording.json'), 'utf8')) as Recording;

/** The swarm that was imitated for the recording. */
const lookUp = (name: string) => (name === 'missing' ? undefined : idOf(name));
const SWARM = { network: lookUp, secret: lookUp, config: lookUp };

/** What this project makes of a recorded line, in the form of the recording. */
function ours({ words, api }: Answer): Answer {
  const asked = { words, ...(api && { api }) };
  try {
    const request = parseServiceLine(words, {
      directory: FILES,
      environment: { FROM_HERE: 'from here', EMPTY_HERE: '' },
      apiVersion: api ?? CURRENT,
    });
    const told = withoutFolders(request.withIds(SWARM), {
      '<files>': resolve(FILES),
      '<above>': resolve(FILES, '..'),
    });
    return { ...asked, body: difference(recording.baseline, told) };
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    return { ...asked, exit: error.exitStatus, says: error.sentence };
  }
}

/**
 * The words that both must use: the CLI also tells which Go function failed, and who answered. Debian's is linked with an
 * older reader of ports than docker's own, which begins its sentences with capitals.
 */
function essence(sentence: string): string {
  return sentence
    .replace(/strconv\.\w+: parsing "(?:[^"\\]|\\.)*": /g, '')
    .replace(/: address .* in address$/, '')
    .replace(/^Error response from daemon: /, '')
    .replace(/: EOF$/, ': empty value')
    .replace(/ \(did you mean .*\)$/, '')
    .toLowerCase();
}

describe('docker service create flags, against the docker CLI', () =>
  compareWithDocker({
    recording,
    byChoice: BY_CHOICE,
    ours,
    essence,
    // With --help it ends with 0: it is no refusal there.
    isRefusal: ({ exit }) => Boolean(exit),
  }));
