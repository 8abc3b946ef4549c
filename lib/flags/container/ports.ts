import { ValueError } from '../../text/flag-error.js';
import { messageOf } from '../../text/thrown.js';
import { isAddress } from '../addresses.js';
import { readDecimal } from '../integer.js';
import { cut } from '../key-value.js';

export interface PortBinding {
  HostIp: string;
  /** A port, a range (`8000-8010`) to choose from, or empty for any. */
  HostPort: string;
}

export interface PublishedPort {
  /** `port/protocol` in the container. */
  port: string;
  binding: PortBinding;
}

/**
 * The ports of a `--publish` value: `[[address:]host:]container[/protocol]`, ranges, an IPv6 address in brackets,
 * or `target=80,published=8080,protocol=tcp`.
 */
export function readPublish(text: string): PublishedPort[] {
  return readPortSpec(text.includes('=') ? fromLongForm(text) : text);
}

/**
 * The ports of `[[address:]host:]container[/protocol]`.
 * @throws {ValueError} in the words of docker's github.com/docker/go-connections/nat
 */
export function readPortSpec(spec: string): PublishedPort[] {
  const parts = spec.split(':');
  const container = parts.pop() ?? '';
  const host = parts.pop() ?? '';
  const [protocol, containerPorts] = splitProtocol(container);
  const address = readHostAddress(parts.join(':'));
  if (containerPorts === '') throw new ValueError(`no port specified: ${spec}<empty>`);
  const inside = readRange(containerPorts, `invalid containerPort: ${containerPorts}`);
  const outside = host === '' ? undefined : readRange(host, `invalid hostPort: ${host}`);
  if (outside && size(inside) !== size(outside) && size(inside) > 1) {
    const ranges = `${containerPorts} and ${host}`;
    throw new ValueError(`invalid ranges specified for container and host Ports: ${ranges}`);
  }
  if (!/^(tcp|udp|sctp)$/i.test(protocol)) throw new ValueError(`invalid proto: ${protocol}`);
  return Array.from({ length: size(inside) }, (_, index) => ({
    port: `${inside.first + index}/${protocol.toLowerCase()}`,
    binding: { HostIp: address, HostPort: hostPort(inside, outside, index) },
  }));
}

/** The `port/protocol`s of an `--expose` value: a port or a range, with or without a protocol. */
export function readExpose(text: string): string[] {
  if (text.includes(':')) throw new ValueError(`invalid port format for --expose: ${text}`);
  const [protocol, ports] = splitProtocol(text);
  const reason = (why: string) => `invalid range format for --expose: ${text}, error: ${why}`;
  const range = readRange(ports, reason);
  return Array.from({ length: size(range) }, (_, index) => `${range.first + index}/${protocol}`);
}

interface Range {
  first: number;
  last: number;
}

const size = ({ first, last }: Range): number => last - first + 1;

function hostPort(inside: Range, outside: Range | undefined, index: number): string {
  if (!outside) return '';
  const first = outside.first + index;
  return size(inside) === 1 && size(outside) > 1 ? `${first}-${outside.last}` : String(first);
}

function readRange(text: string, sentence: string | ((why: string) => string)): Range {
  try {
    if (text === '') throw new ValueError('empty string specified for ports');
    const [from = '', to = from] = text.split('-');
    const [first, last] = [readPort(from), readPort(to)];
    if (last < first) throw new ValueError(`invalid range specified for port: ${text}`);
    return { first, last };
  } catch (error) {
    throw new ValueError(typeof sentence === 'string' ? sentence : sentence(messageOf(error)));
  }
}

function readPort(text: string): number {
  return readDecimal(text, { bits: 16, signed: false });
}

/** Protocol and ports of `80/udp`; what follows a second slash counts for nothing, as in docker. */
function splitProtocol(text: string): [protocol: string, ports: string] {
  const [ports = '', protocol = ''] = text.split('/');
  return ports === '' ? ['', ''] : [protocol === '' ? 'tcp' : protocol, ports];
}

function readHostAddress(text: string): string {
  const [, inner] = /^\[(.*)\]$/s.exec(text) ?? [];
  const address = inner ?? text;
  if (text.startsWith('[') && inner === undefined) throw new ValueError(`invalid IP address ${text}`);
  if (address !== '' && !isAddress(address)) throw new ValueError(`invalid IP address: ${address}`);
  return address;
}

function fromLongForm(text: string): string {
  const fields = new Map([['protocol', 'tcp']]);
  for (const field of text.split(',')) {
    const [key, value] = cut(field, '=');
    if (value === undefined || key === '') {
      throw new ValueError(`invalid publish opts format (should be name=value but got '${field}')`);
    }
    fields.set(key, value);
  }
  return `${fields.get('published') ?? ''}:${fields.get('target') ?? ''}/${fields.get('protocol')}`;
}
