import { isIPv4, isIPv6 } from 'node:net';
import { ValueError } from '../text/flag-error.js';
import { quoted } from '../text/quoted.js';

/** Whether `text` is an IPv4 or IPv6 address without a zone. */
export function isAddress(text: string): boolean {
  return isIPv4(text) || (isIPv6(text) && !text.includes('%'));
}

/** An IP address in its shortest form. */
export function readAddress(text: string): string {
  const address = text.trim();
  if (!isAddress(address)) throw new ValueError(`IP address is not correctly formatted: ${text}`);
  return isIPv4(address) ? address : shortest(address);
}

function shortest(address: string): string {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const [upper, lower] = [parseInt(high, 16), parseInt(low, 16)];
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join('.');
}

/** Whether `text` is a hardware address of 48 or 64 bits or of 20 octets: `aa:bb:…`, `aa-bb-…` or `aabb.ccdd.…`. */
export function isHardwareAddress(text: string): boolean {
  const octets = /^[\da-f]{2}([:-])[\da-f]{2}(?:\1[\da-f]{2})*$/i.test(text) ? (text.length + 1) / 3 : 0;
  const pairs = /^[\da-f]{4}(?:\.[\da-f]{4})+$/i.test(text) ? ((text.length + 1) / 5) * 2 : 0;
  return [6, 8, 20].includes(octets) || [6, 8, 20].includes(pairs);
}

/** `host:address` of an `--add-host` value, which may also have `=` between, brackets, or `host-gateway`. */
export function readExtraHost(text: string): string {
  const separator = text.includes('=') ? '=' : ':';
  const at = text.indexOf(separator);
  const host = text.slice(0, Math.max(at, 0));
  if (at < 0 || host === '' || host.includes(':')) {
    throw new ValueError(`bad format for add-host: ${quoted(text)}`);
  }
  const target = text.slice(at + 1);
  const address = /^\[.+\]$/s.test(target) ? target.slice(1, -1) : target;
  if (target !== 'host-gateway' && !isAddress(address.trim())) {
    throw new ValueError(`invalid IP address in add-host: ${quoted(address)}`);
  }
  return `${host}:${address}`;
}
