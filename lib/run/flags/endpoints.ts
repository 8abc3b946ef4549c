import { FlagError } from '../../flags/flag-error.js';
import type { Word } from '../../project/types.js';
import type { EndpointSettings } from './create-container-body.js';
import { attachment, type Attachment } from './network.js';
import { checkHardwareAddress, type RunFlags } from './run-flags.js';
import { checked } from './checked.js';

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
  const networks = given.length > 0 ? given : [{ value: attachment('default'), word: undefined }];
  const endpoints = new Map<string, EndpointSettings>();
  for (const [index, { value, word }] of networks.entries()) {
    const network = index === 0 ? withContainerFlags(value, flags, word) : value;
    const settings = toEndpoint(network, word);
    if (endpoints.has(network.target)) {
      throw new FlagError(
        'CONFLICTING_FLAGS',
        `network "${network.target}" is specified multiple times`,
        word,
      );
    }
    const saysNothing = given.length === 1 && !hasSettings(settings, value);
    if (!saysNothing) endpoints.set(network.target, settings);
  }
  const kinds = new Set(given.map(({ value }) => isUserDefined(value.target)));
  if (kinds.size > 1) {
    const sentence =
      'conflicting options: cannot attach both user-defined and non-user-defined network-modes';
    throw new FlagError('CONFLICTING_FLAGS', sentence, flags.word('network'));
  }
  return Object.fromEntries(endpoints);
}

type Extra = [key: keyof Attachment, flag: keyof typeof EXTRAS, own: string];

const EXTRAS = {
  'network-alias': 'per-network alias',
  link: 'per-network links',
  ip: 'per-network IPv4 address',
  ip6: 'per-network IPv6 address',
  'mac-address': 'per-network MAC address',
  'link-local-ip': 'per-network link-local IP addresses',
} as const;

function withContainerFlags(network: Attachment, flags: RunFlags, word: Word | undefined): Attachment {
  const keys: Extra[] = [
    ['aliases', 'network-alias', EXTRAS['network-alias']],
    ['links', 'link', EXTRAS.link],
    ['ipv4', 'ip', EXTRAS.ip],
    ['ipv6', 'ip6', EXTRAS.ip6],
    ['macAddress', 'mac-address', EXTRAS['mac-address']],
    ['linkLocal', 'link-local-ip', EXTRAS['link-local-ip']],
  ];
  for (const [key, flag, own] of keys) {
    const said = network[key] as string | string[];
    if (said.length > 0 && flags.values(flag).at(-1)) {
      const sentence = `conflicting options: cannot specify both --${flag} and ${own}`;
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
  const fail = (sentence: string) => new FlagError('BAD_VALUE', sentence, word);
  if (network.target.trim() === '') throw fail('no name set for network');
  if (!isUserDefined(network.target) && network.aliases.length > 0) {
    throw fail('network-scoped aliases are only supported for user-defined networks');
  }
  if (network.macAddress) checked(word, () => checkHardwareAddress(network.macAddress));
  const { ipv4, ipv6, linkLocal, driverOptions } = network;
  const ipam = {
    ...(ipv4 && { IPv4Address: ipv4 }),
    ...(ipv6 && { IPv6Address: ipv6 }),
    ...(linkLocal.length > 0 && { LinkLocalIPs: linkLocal }),
  };
  return {
    IPAMConfig: Object.keys(ipam).length > 0 ? ipam : null,
    Links: network.links.length > 0 ? network.links : null,
    Aliases: network.aliases.length > 0 ? network.aliases : null,
    MacAddress: network.macAddress,
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

function hasSettings(endpoint: EndpointSettings, _network: Attachment): boolean {
  return Object.values(endpoint).some(
    (setting: unknown) => setting !== null && setting !== '' && setting !== 0,
  );
}
