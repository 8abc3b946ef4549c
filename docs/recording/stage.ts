import { dirname } from 'node:path';
import { setUpExample } from '../../examples/set-up.js';
import { bed } from '../../test/bed/index.js';
import { sshHome } from '../../test/e2e/engine/ssh-home.js';

/** Where what README.md shows is recorded. */
export interface Stage {
  /** The project, a copy of examples/quickstart. */
  folder: string;
  /** With an engine, and a host that is called `server`. */
  env: NodeJS.ProcessEnv;
  /** A text without this machine's own folders. */
  shown: (text: string) => string;
}

/** Does work on an engine and a host of the test bed, which are gone behind it. */
export async function onStage<Result>(work: (stage: Stage) => Promise<Result>): Promise<Result> {
  const engine = await bed.engine('28-overlay2');
  await bed.baseImages(engine.docker, ['python:3.11-slim']);
  const host = await bed.host({ engine: '28-overlay2', name: 'server' });
  const home = await sshHome(host);
  const example = await setUpExample('quickstart', { tag: 'v1.2.0' });
  const { folder } = example;
  try {
    await home.configure(`Host server\n  HostName ${host.address}\n  IdentityFile ${host.identityFile}\n`);
    const env = { ...home.env, ...engine.env, PATH: home.env.PATH, LOGNAME: 'ada', LANG: 'C.UTF-8', CI: '' };
    return await work({ folder, env, shown: (text) => text.replaceAll(dirname(folder), '/home/ada') });
  } finally {
    await example.remove();
    await home.remove();
    await host.stop();
  }
}
