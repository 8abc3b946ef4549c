import { Readable } from 'node:stream';
import { errorOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import type { EngineAddress } from '../connect/host.js';
import { TooLong } from './body.js';
import { engineLost, wrongAnswer } from './errors.js';
import type { ModemRequest } from './modem.js';
import { WrongShape } from './shape.js';
import { Stopped } from './steady.js';

/** A request, for messages. */
export function nameOf({ method, path }: ModemRequest): string {
  return `${method} ${path}`;
}

/** Turns a failed request or answer into the error for the caller. */
export function explained(address: EngineAddress, request: ModemRequest, error: Error): Error {
  const { signal, body } = request;
  if (body instanceof Readable && body.errored) return body.errored;
  if (signal?.aborted) return errorOf(signal.reason);
  if (error instanceof UserError) return error;
  return unexpected(address, nameOf(request), error);
}

function unexpected(address: EngineAddress, name: string, error: Error): Error {
  if (error instanceof SyntaxError) return wrongAnswer(address, name, 'something that is not JSON');
  if (error instanceof WrongShape) return wrongAnswer(address, name, `another form (${error.message})`);
  if (error instanceof TooLong) return wrongAnswer(address, name, 'more than any engine says');
  if (error instanceof Stopped) return engineLost(address, name, error, 'fell silent');
  if ('code' in error && String(error.code).startsWith('HPE_'))
    return wrongAnswer(address, name, `something that is not HTTP (${error.message})`);
  // A TypeError comes from a request that cannot be written: a mistake of this program, which keeps its stack.
  return error instanceof TypeError ? error : engineLost(address, name, error);
}
