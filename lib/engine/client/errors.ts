import { STATUS_CODES } from 'node:http';
import { printable, printableLine } from '../../text/printable.js';
import { trimmed } from '../../text/trim.js';
import { UserError } from '../../text/user-error.js';
import type { EngineAddress } from '../connect/host.js';

/** Longest part of an answer that is no sentence of an engine (a proxy's page) that is repeated. */
const LONGEST_PAGE = 300;

/** Longest sentence of an engine. It is searched for what it means, and nobody reads more. */
const LONGEST_SENTENCE = 10_000;

/**
 * An engine's no. It is a sentence for the user as it stands; who knows better what it means makes another one of
 * `status` and `sentence`.
 */
export class EngineRefusal extends UserError {
  /**
   * @param request method and path
   * @param status of HTTP
   * @param sentence the engine's own, printable, without a full stop
   */
  constructor(
    { url, origin }: EngineAddress,
    request: string,
    readonly status: number,
    readonly sentence: string,
  ) {
    super(
      'ENGINE_REFUSED',
      `The engine at ${url} (${origin}) refused ${request}: ${sentence} (HTTP status ${status}).`,
    );
  }
}

/** Whether an error is an engine's no with one of these statuses, or any at all where none is given. */
export function isRefusal(error: unknown, ...statuses: readonly number[]): error is EngineRefusal {
  return error instanceof EngineRefusal && (statuses.length === 0 || statuses.includes(error.status));
}

/** Whether an error means that the engine cannot be reached now, and perhaps can later. */
export function isUnreachable(error: unknown): boolean {
  if (isRefusal(error)) return error.status >= 500;
  if (!(error instanceof UserError)) return false;
  return ['ENGINE_LOST', 'NO_ENGINE'].includes(error.code) || error.code.startsWith('SSH_');
}

/** What an engine said where it refused, and else what the error says. */
export function reasonOf(error: unknown): string {
  if (error instanceof EngineRefusal) return error.sentence;
  return (error instanceof Error ? error.message : String(error)).trim();
}

/** The sentence in the body of an answer with an error's status: `{"message": …}` or its like, or what a proxy writes. */
export function refusalSentence(status: number, body: string): string {
  const sentence =
    messageIn(body)?.slice(0, LONGEST_SENTENCE) ??
    printableLine(body.replace(/<[^<>]*>/g, ' ')).slice(0, LONGEST_PAGE);
  return trimmed(printable(sentence).trim(), /\./, 'end') || (STATUS_CODES[status] ?? 'it did not say why');
}

/** The error for a connection that broke off, or fell silent, before an answer was complete. */
export function engineLost(
  { url, origin }: EngineAddress,
  request: string,
  cause?: unknown,
  how = 'broke off',
): UserError {
  return new UserError(
    'ENGINE_LOST',
    `The connection to the engine at ${url} (${origin}) ${how} in ${request}: see whether it still runs, and ` +
      'try again.',
    { cause },
  );
}

/** The error for an answer that no engine gives. */
export function wrongAnswer({ url, origin }: EngineAddress, request: string, what: string): UserError {
  return new UserError(
    'ENGINE_ANSWER',
    `The engine at ${url} (${origin}) answered ${request} with ${printableLine(what)}: see whether it is ` +
      'an engine (Docker 20.10, podman 4.3, or later), and what stands between it and here.',
  );
}

function messageIn(body: string): string | undefined {
  try {
    // Podman refuses a push in the form in which others tell of its failure.
    const { message, errorDetail } = JSON.parse(body) as {
      message?: unknown;
      errorDetail?: { message?: unknown };
    };
    const said = message ?? errorDetail?.message;
    return typeof said === 'string' ? said : undefined;
  } catch {
    return undefined;
  }
}
