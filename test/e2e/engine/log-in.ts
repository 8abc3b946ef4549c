// Opens an engine and says its version, for tests that watch it in a terminal: log-in.ts IMPLEMENTATION ADDRESS
import { openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { implementations } from './ssh-home.js';

async function logIn([implementation, host]: string[]): Promise<void> {
  const connectSsh = implementations[implementation as keyof typeof implementations];
  const suspend = () => {
    console.log('suspended');
    return () => console.log('resumed');
  };
  try {
    const engine = await openEngine(resolveEngineAddress({ host, env: process.env }), {
      connectSsh,
      suspend,
    });
    console.log(`engine ${(await engine.facts()).version}`);
    await engine.close();
  } catch (error) {
    console.log((error as Error).message);
    process.exitCode = 1;
  }
}

void logIn(process.argv.slice(2));
