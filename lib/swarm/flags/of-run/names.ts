import { readKeyValueFiles } from '../../../flags/container/key-value-file.js';
import { type Attachment, readNetwork } from '../../../flags/container/network.js';
import { csv, type Given, noEquivalent, reading, type Rule } from './rule.js';

/** A service has no file of labels, so it gets the lines. */
export const labelFile: Rule = ({ text, word, host }) =>
  readKeyValueFiles([{ value: text, text, word }], host, () => undefined).flatMap((label) => [
    `--label=${label}`,
    `--container-label=${label}`,
  ]);

/** Aliases are said with the first network, which must be one that somebody made. */
export const aliases: Rule = (given) => {
  const target = given.flags.values('network')[0]?.target ?? 'default';
  if (!/^(default|bridge|host)$/.test(target)) return [];
  throw noEquivalent(given, `--network-alias in the network "${target}"`);
};

/** Networks; the aliases of `--network-alias` are the first one's. */
export const networks: Rule = reading(readNetwork, (network, given) => {
  if (network.target === 'default') return [];
  if (/^(|none|container:.*)$/s.test(network.target)) throw noEquivalent(given, `--network=${given.text}`);
  refuseAddresses(network, given);
  const isFirst = given.flags.all('network')[0]?.word === given.word;
  const names = [...network.aliases, ...(isFirst ? given.flags.values('network-alias') : [])];
  const driverOptions = Object.entries(network.driverOptions).map(
    ([key, value]) => `driver-opt=${key}=${value}`,
  );
  if (names.length + driverOptions.length === 0) return [`--network=${network.target}`];
  return [
    `--network=${csv([`name=${network.target}`, ...names.map((alias) => `alias=${alias}`), ...driverOptions])}`,
  ];
});

function refuseAddresses(
  { ipv4, ipv6, linkLocal, macAddress, gatewayPriority }: Attachment,
  given: Given,
): void {
  const own = [ipv4, ipv6, macAddress, ...linkLocal].some((text) => text !== '');
  if (own || gatewayPriority !== 0) throw noEquivalent(given, `the address of --network=${given.text}`);
}
