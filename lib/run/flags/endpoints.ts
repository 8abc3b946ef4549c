import { checked } from '../../flags/container/checked-words.js';
import { type Attachment, attachment } from '../../flags/container/network.js';
import { FlagError } from '../../text/flag-error.js';
import type { Word } from '../../text/word.js';
import type { EndpointSettings } from './create-container-body.js';
import { checkHardwareAddress, type RunFlags } from './run-flags.js';

/** Whether a network mode names a network that somebody made, rather than one that every engine has. */
export function isUserDefined(mode: string): boolean {
  return !['default', 'bridge', 'host', 'none'].includes(mode) && !mode.startsWith('container:');
}

/**
 * The networks that the container joins. `--ip`, `--network-alias` and their like belong to the first of them. A
 * single network without settings is left out, because `HostConfig.NetworkMode` says it already.
 */
export function readEndpoints(flags: RunFlags): Record<string, EndpointSettings> {
  const given = flags.all('network');
  if (given.length === 0) {
    return { default: toEndpoint(withContainerFlags(attachment('default'), flags), undefined) };
  }
  const endpoints = new Map<string, EndpointSettings>();
  for (const [index, { value, word }] of given.entries()) {
    const network = index === 0 ? withContainerFlags(value, flags, word) : value;
    const endpoint = toEndpoint(network, word);
    if (endpoints.has(network.target)) {
      const sentence = `network "${network.target}" is specified multiple times`;
      throw new FlagError('CONFLICTING_FLAGS', sentence, word);
    }
    if (given.length > 1 || hasSettings(endpoint)) endpoints.set(network.target, endpoint);
  }
  const kinds = new Set(given.map(({ value }) => isUserDefined(value.target)));
  if (kinds.size > 1) {
    const sentence =
      'conflicting options: cannot attach both user-defined and non-user-defined network-modes';
    throw new FlagError('CONFLICTING_FLAGS', sentence, flags.word('network'));
  }
  return Object.fromEntries(endpoints);
}

/** Flags that say the same as a field of `--network`'s long form, and how docker calls that field. */
const SAME = [
  ['network-alias', 'aliases', 'alias'],
  ['link', 'links', 'links'],
  ['ip', 'ipv4', 'IPv4 address'],
  ['ip6', 'ipv6', 'IPv6 address'],
  ['mac-address', 'macAddress', 'MAC address'],
  ['link-local-ip', 'linkLocal', 'link-local IP addresses'],
] as const;

function withContainerFlags(network: Attachment, flags: RunFlags, word?: Word): Attachment {
  for (const [flag, field, name] of SAME) {
    if (network[field].length > 0 && flags.last(flag)) {
      const sentence = `conflicting options: cannot specify both --${flag} and per-network ${name}`;
      throw new FlagError('CONFLICTING_FLAGS', sentence, word);
    }
  }
  const list = (flag: 'network-alias' | 'link' | 'link-local-ip', own: string[]) =>
    flags.has(flag) ? flags.values(flag) : own;
  return {
    ...network,
    aliases: list('network-alias', network.aliases),
    links: isUserDefined(network.target) ? list('link', network.links) : network.links,
    ipv4: flags.last('ip') || network.ipv4,
    ipv6: flags.last('ip6') || network.ipv6,
    macAddress: flags.last('mac-address') || network.macAddress,
    linkLocal: list('link-local-ip', network.linkLocal),
  };
}

function toEndpoint(network: Attachment, word: Word | undefined): EndpointSettings {
  const { target, aliases, links, ipv4, ipv6, linkLocal, macAddress, driverOptions } = network;
  const fail = (sentence: string) => new FlagError('BAD_VALUE', sentence, word);
  if (target.trim() === '') throw fail('no name set for network');
  if (aliases.length > 0 && !isUserDefined(target)) {
    throw fail('network-scoped aliases are only supported for user-defined networks');
  }
  if (macAddress) checked(word, () => checkHardwareAddress(macAddress));
  const ipam = {
    ...(ipv4 && { IPv4Address: ipv4 }),
    ...(ipv6 && { IPv6Address: ipv6 }),
    ...(linkLocal.length > 0 && { LinkLocalIPs: linkLocal }),
  };
  return {
    IPAMConfig: Object.keys(ipam).length > 0 ? ipam : null,
    Links: links.length > 0 ? links : null,
    Aliases: aliases.length > 0 ? aliases : null,
    MacAddress: macAddress,
    DriverOpts: Object.keys(driverOptions).length > 0 ? driverOptions : null,
    GwPriority: network.gatewayPriority,
    NetworkID: '',
    EndpointID: '',
    Gateway: '',
    IPAddress: '',
    IPPrefixLen: 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    DNSNames: null,
  };
}

function hasSettings(endpoint: EndpointSettings): boolean {
  return Object.values(endpoint).some(
    (setting: unknown) => setting !== null && setting !== '' && setting !== 0,
  );
}
