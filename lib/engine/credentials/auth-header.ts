import type { Credentials } from './types.js';

/** The value of `X-Registry-Auth`: none stands for a registry that is used without credentials. */
export function encodeAuthHeader(auth: Credentials | undefined): string {
  return encode(auth ?? {});
}

/** The value of `X-Registry-Config`, by registry, which the classic builder wants. */
export function encodeConfigHeader(auths: Readonly<Record<string, Credentials>>): string {
  return encode(auths);
}

/** The engine reads the URL-safe alphabet with padding, and silently takes anything else for nothing. */
function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
