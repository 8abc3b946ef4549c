import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FlagError, parseRunLine, type Proxies } from '../../../../lib/run/flags/index.js';
import { BY_CHOICE } from '../../../oracle/run-flags/by-choice.js';
import { type Answer, difference, type Recording } from '../../../oracle/run-flags/recording.js';
import { compareWithDocker, withoutFolders } from '../../flags/against-docker.js';

const ORACLE = resolve(import.meta.dirname, '../../../oracle/run-flags');
const FILES = join(ORACLE, 'files');

const configuration = JSON.parse(readFileSync(join(FILES, 'configuration/config.json'), 'utf8')) as {
  proxies: { default: Proxies };
};
const PROXIES = configuration.proxies.default;
const recording = JSON.parse(readFileSync(join(ORACLE, 'recording.json'), 'utf8')) as Recording;

/** What this project makes of a recorded line, in the form of the recording. */
function ours({ words, api, configured }: Answer): Answer {
  const asked = { words, ...(api && { api }), ...(configured && { configured }) };
  const apiVersion = api ?? '1.50';
  try {
    const { body, query } = parseRunLine(words, {
      directory: FILES,
      environment: { FROM_HERE: 'from here', EMPTY_HERE: '' },
      endpoint: 'unix://<socket>',
      apiVersion,
      proxies: configured && PROXIES,
    });
    const told = withoutFolders(body, { '<files>': FILES, '<above>': ORACLE });
    const changed = difference(recording.baselines[apiVersion], told);
    return { ...asked, body: changed, ...(Object.keys(query).length > 0 && { query }) };
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    return { ...asked, exit: error.exitStatus, says: error.sentence };
  }
}

/** The words that both must use: the CLI also tells which Go function failed, and which pattern did not match. */
function essence(sentence: string): string {
  return sentence
    .replace(/strconv\.\w+: parsing "(?:[^"\\]|\\.)*": /g, '')
    .replace(/: (OSAndVersion|platform) specifier component must match .*/, '')
    .replace(/: invalid argument$/, '')
    .replace(/: EOF$/, ': empty value')
    .replace(/ \(did you mean .*\)$/, '');
}

describe('docker run flags, against the docker CLI', () =>
  compareWithDocker({
    recording,
    byChoice: BY_CHOICE,
    ours,
    essence,
    isRefusal: ({ exit }) => exit !== undefined,
  }));
