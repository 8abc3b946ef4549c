import { type PublishedPort, readPortSpec } from '../../../flags/container/ports.js';
import { readCsv } from '../../../flags/csv.js';
import { readDecimal } from '../../../flags/integer.js';
import { cut } from '../../../flags/key-value.js';
import { ValueError } from '../../../text/flag-error.js';
import { messageOf } from '../../../text/thrown.js';
import { filled } from '../filled.js';
import type { ServicePort } from '../service-spec.js';

/** A port with all that it may hold. */
type Port = Required<ServicePort>;

/**
 * The ports of a service's `--publish`: `[published:]target[/protocol]`, which may be ranges, or
 * `published=8080,target=80,protocol=tcp,mode=host`, which the docker CLI reads in lower case.
 */
export function readServicePorts(text: string): ServicePort[] {
  if (/[A-Za-z0-9_]=[A-Za-z0-9_]/.test(text)) return [toPort(readLongForm(text))];
  const ports = readPortSpec(text);
  if (ports.some(({ binding }) => binding.HostIp !== '')) throw new ValueError('hostip is not supported');
  return ports.flatMap(eachPublished);
}

/** A range of published ports is no choice, as with `docker run`, but publishes the target once each. */
function eachPublished({ port, binding }: PublishedPort): ServicePort[] {
  const [target = '', protocol = ''] = port.split('/');
  const [first = '', last = first] = binding.HostPort.split('-');
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) =>
    toPort({
      Protocol: protocol,
      TargetPort: Number(target),
      PublishedPort: Number(first) + index,
      PublishMode: 'ingress',
    }),
  );
}

function toPort({ TargetPort, PublishedPort, ...named }: Port): ServicePort {
  return { ...named, ...filled({ TargetPort, PublishedPort }) };
}

function readLongForm(text: string): Port {
  const port: Port = { Protocol: 'tcp', TargetPort: 0, PublishedPort: 0, PublishMode: 'ingress' };
  for (const field of readCsv(text)) {
    const [key, value] = cut(field.toLowerCase(), '=');
    if (value === undefined || key === '') throw new ValueError(`invalid field: ${field}`);
    setField(port, key, value);
  }
  if (port.TargetPort === 0) throw new ValueError("missing mandatory field 'target'");
  return port;
}

function setField(port: Port, key: string, value: string): void {
  if (key === 'protocol') port.Protocol = readProtocol(value);
  else if (key === 'mode') port.PublishMode = readMode(value);
  else if (key === 'target') port.TargetPort = readNumber('target', value);
  else if (key === 'published') port.PublishedPort = readNumber('published', value);
  else throw new ValueError(`invalid field key: ${key}`);
}

function readProtocol(text: string): string {
  if (!/^(tcp|udp|sctp)$/.test(text)) throw new ValueError(`invalid protocol value '${text}'`);
  return text;
}

function readMode(text: string): string {
  if (/^(ingress|host)$/.test(text)) return text;
  throw new ValueError(`invalid publish mode value (${text}): must be either 'ingress' or 'host'`);
}

function readNumber(which: string, text: string): number {
  try {
    return readDecimal(text, { bits: 16, signed: false });
  } catch (error) {
    const reason = messageOf(error);
    throw new ValueError(`invalid ${which} port (${text}): value must be an integer: ${reason}`);
  }
}
