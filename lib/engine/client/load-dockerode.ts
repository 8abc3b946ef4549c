import { createRequire, Module } from 'node:module';
import type DockerodeClass from 'dockerode';

const require = createRequire(import.meta.url);

/**
 * dockerode's class. Two parts of it that nothing here calls, its own BuildKit session (gRPC) and its ssh client, are
 * loaded when they are first called: they take longer to load, and more memory, than all the rest.
 */
export function loadDockerode(): typeof DockerodeClass {
  const dockerode = require.resolve('dockerode');
  const { resolve } = createRequire(dockerode);
  loadLater(resolve('./session'));
  loadLater(resolve('docker-modem/lib/ssh'));
  return require('dockerode') as typeof DockerodeClass;
}

/** Replaces a module by a function that loads the real module at its first call. */
function loadLater(file: string): void {
  if (require.cache[file]) return;
  const standIn = new Module(file);
  standIn.filename = file;
  standIn.loaded = true;
  standIn.exports = (...args: unknown[]) => {
    if (require.cache[file] === standIn) delete require.cache[file];
    return (require(file) as (...args: unknown[]) => unknown)(...args);
  };
  require.cache[file] = standIn;
}
