import { isRecord } from '../../../text/record.js';
import type { Converter } from '../converter.js';
import { NotCarried } from '../not-carried.js';
import type { Target } from '../target.js';
import { isTrue, listOf, scalar } from '../values.js';

/**
 * Networks of a service. A run has one of its own, on which services have the names of their sections: what compose makes for the
 * same purpose has no counterpart and needs none. One that was there before is joined.
 */
export const networks: Converter = (value, to) => {
  const names = isRecord(value) ? Object.keys(value) : listOf(value).map(scalar);
  names.forEach((name, index) => {
    const target = to.at(isRecord(value) ? name : index);
    target.attempt(() => {
      join(name, target);
      settings(isRecord(value) ? value[name] : undefined, target);
    });
  });
};

function join(name: string, target: Target): void {
  const network = target.definition('networks', name);
  if (!network || !isTrue(network.external)) {
    if (name === 'default') return;
    const message = 'is not carried over: what a run needs is on one network of its own';
    target.conversion.tell(['networks', name], message);
    return;
  }
  if (target.section.keys.has('network')) throw new NotCarried('is a second one, and network= takes one');
  target.add('network', network.name === undefined ? name : target.word(network.name));
}

function settings(value: unknown, target: Target): void {
  if (!isRecord(value)) return;
  for (const [key, setting] of Object.entries(value)) {
    target.at(key).attempt((place) => {
      if (key !== 'aliases') throw new NotCarried('has no counterpart');
      place.each(setting, (alias, item) => item.flag('network-alias', alias));
    });
  }
}

export const networkMode: Converter = (value, to) => {
  const mode = to.word(value);
  if (/^(?:service|container):/.test(mode))
    throw new NotCarried(`is ${mode}, and a run shares its network with no other`);
  to.add('network', mode);
};
