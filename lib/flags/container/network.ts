import { ValueError } from '../../text/flag-error.js';
import { messageOf } from '../../text/thrown.js';
import { readCsv } from '../csv.js';
import { readDecimal } from '../integer.js';
import { cut, setEntry } from '../key-value.js';

/** A network that the container joins, and how. */
export interface Attachment {
  /** Name or ID, or a mode such as `host` or `container:web`. */
  target: string;
  aliases: string[];
  links: string[];
  driverOptions: Record<string, string>;
  ipv4: string;
  ipv6: string;
  linkLocal: string[];
  macAddress: string;
  gatewayPriority: number;
}

export function attachment(target: string): Attachment {
  return {
    target,
    aliases: [],
    links: [],
    driverOptions: {},
    ipv4: '',
    ipv6: '',
    linkLocal: [],
    macAddress: '',
    gatewayPriority: 0,
  };
}

/** A network's name, or its long form `name=backend,alias=api,ip=10.0.0.5,…`, which docker reads in lower case. */
export function readNetwork(text: string): Attachment {
  if (!/[A-Za-z0-9_]=[A-Za-z0-9_]/.test(text)) return attachment(text);
  const network = attachment('');
  for (const field of readCsv(text)) {
    const [key, value] = cut(field.toLowerCase(), '=');
    if (value === undefined || key === '') throw new ValueError(`invalid field ${field}`);
    setField(network, key.trim(), value.trim());
  }
  if (network.target === '') throw new ValueError('network name/id is not specified');
  return network;
}

function setField(network: Attachment, key: string, value: string): void {
  if (key === 'name') network.target = value;
  else if (key === 'alias') network.aliases.push(value);
  else if (key === 'ip') network.ipv4 = value;
  else if (key === 'ip6') network.ipv6 = value;
  else if (key === 'mac-address') network.macAddress = value;
  else if (key === 'link-local-ip') network.linkLocal.push(value);
  else if (key === 'driver-opt') setDriverOption(network, value);
  else if (key === 'gw-priority') network.gatewayPriority = readPriority(value);
  else throw new ValueError(`invalid field key ${key}`);
}

function setDriverOption(network: Attachment, text: string): void {
  const [key, value] = cut(text, '=');
  if (value === undefined || key === '')
    throw new ValueError('invalid key value pair format in driver options');
  setEntry(network.driverOptions, key.trim(), value.trim());
}

function readPriority(text: string): number {
  try {
    return readDecimal(text, { bits: 64, signed: true });
  } catch (error) {
    throw new ValueError(`invalid gw-priority (${text}): ${messageOf(error)}`);
  }
}
