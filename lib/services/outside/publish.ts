import type { RunPlan } from '../../run/index.js';
import type { Word } from '../../text/word.js';
import type { ServicePlan } from '../types.js';

/**
 * What publishes a service's ports for this machine alone: on its loopback address, by numbers that the engine chooses. Ports
 * that the section publishes itself are left as they are.
 *
 * @param exposed `port/protocol`s of its image
 */
export function publishWords(
  { ready }: Pick<ServicePlan, 'ready'>,
  run: RunPlan,
  exposed: readonly string[],
): Word[] {
  const { ExposedPorts, HostConfig } = run.request.body;
  const asked = ready && 'port' in ready ? [`${ready.port}/tcp`] : [];
  const all = new Set([...asked, ...Object.keys(ExposedPorts ?? {}), ...exposed]);
  const published = Object.keys(HostConfig.PortBindings ?? {});
  return [...all]
    .filter((port) => port.endsWith('/tcp') && !published.includes(port))
    .flatMap((port) => [{ text: '-p' }, { text: `127.0.0.1::${port}` }]);
}
