import { didYouMean } from '../../text/did-you-mean.js';
import { quoted } from '../../text/quoted.js';

/** When a service is ready for those that depend on it. */
export type Readiness =
  | { kind: 'running' }
  | { kind: 'healthy' }
  | { kind: 'port'; port: number }
  | { kind: 'http'; port: number; path: string }
  /** A text that a line of its output has, for the so many-th time. */
  | { kind: 'log'; text: string; times: number }
  /** It has ended, with that status. */
  | { kind: 'exit'; status: number };

/** A text is no value of `ready`; the message goes on from `ready= of [db] `. */
export class NotReadiness extends Error {}

/**
 * Reads the words of `ready=`.
 *
 * @throws {NotReadiness}
 */
export function readReadiness(words: readonly string[]): Readiness {
  const [kind = '', ...rest] = words;
  if (!isKind(kind)) {
    const near = didYouMean(kind, Object.keys(READERS)) || `; there are ${Object.values(FORMS).join(', ')}`;
    throw new NotReadiness(kind === '' ? `is empty${near}` : `begins with ${JSON.stringify(kind)}${near}`);
  }
  const readiness = READERS[kind](rest);
  if (readiness) return readiness;
  throw new NotReadiness(`takes ${FORMS[kind]}, found ${JSON.stringify(words.join(' '))}`);
}

function isKind(text: string): text is Kind {
  return Object.hasOwn(READERS, text);
}

/** As run.cfg has it, for messages and lines of a dry run. */
export function readinessText(ready: Readiness): string {
  switch (ready.kind) {
    case 'port':
      return `port ${ready.port}`;
    case 'http':
      return `http ${ready.port} ${ready.path}`;
    case 'log':
      return `log ${quoted(ready.text)}${ready.times > 1 ? ` ${ready.times}` : ''}`;
    case 'exit':
      return `exit ${ready.status}`;
    default:
      return ready.kind;
  }
}

type Kind = Readiness['kind'];

const FORMS: Readonly<Record<Kind, string>> = {
  running: 'running',
  healthy: 'healthy',
  port: 'port NUMBER',
  http: 'http PORT [PATH]',
  log: 'log "text" [TIMES]',
  exit: 'exit STATUS',
};

const READERS: Readonly<Record<Kind, (rest: readonly string[]) => Readiness | undefined>> = {
  running: (rest) => (rest.length === 0 ? { kind: 'running' } : undefined),
  healthy: (rest) => (rest.length === 0 ? { kind: 'healthy' } : undefined),
  port([text, ...rest]) {
    const port = wholeNumber(text, 1, 65535);
    return port === undefined || rest.length > 0 ? undefined : { kind: 'port', port };
  },
  http([text, path = '/', ...rest]) {
    const port = wholeNumber(text, 1, 65535);
    // What stands in the first line of a request.
    if (port === undefined || rest.length > 0 || !/^\/[\x21-\x7e]{0,2000}$/.test(path)) return undefined;
    return { kind: 'http', port, path };
  },
  log([text = '', count = '1', ...rest]) {
    const times = wholeNumber(count, 1, 1_000_000);
    if (text === '' || /[\r\n]/.test(text) || times === undefined || rest.length > 0) return undefined;
    return { kind: 'log', text, times };
  },
  exit([text, ...rest]) {
    const status = wholeNumber(text, 0, 255);
    return status === undefined || rest.length > 0 ? undefined : { kind: 'exit', status };
  },
};

function wholeNumber(text: string | undefined, lowest: number, highest: number): number | undefined {
  if (text === undefined || !/^\d{1,7}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= lowest && number <= highest ? number : undefined;
}
