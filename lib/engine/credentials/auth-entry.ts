import { trimmed } from '../../text/trim.js';
import { object, optional, type Shape, text, WrongShape } from '../client/shape.js';
import type { Credentials } from './types.js';

const AUTH_ENTRY = object({
  /** Base64 of `user:password`. */
  auth: optional(text),
  username: optional(text),
  password: optional(text),
  identitytoken: optional(text),
  registrytoken: optional(text),
});

/** An entry of `auths` in a docker configuration, with user name and password decoded from its `auth`. */
export const authEntry: Shape<Credentials> = (value, at) => {
  const { auth, ...rest } = AUTH_ENTRY(value, at);
  if (!auth) return withoutEmpty(rest);
  const [, username, password] = /^([^:]+):(.*)$/s.exec(decode(auth)) ?? [];
  if (username === undefined || password === undefined) {
    const sentence = `${at}.auth is not base64 of user:password`;
    throw new WrongShape(sentence, sentence);
  }
  // Files of old releases are padded with zero bytes.
  return withoutEmpty({ ...rest, username, password: trimmed(password, /\0/) });
};

/** The host of a registry, also of a key that old releases wrote as a URL. */
export function hostOfKey(key: string): string {
  return key.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

function withoutEmpty(auth: Partial<Credentials>): Credentials {
  return Object.fromEntries(Object.entries(auth).filter(([, value]) => value));
}
