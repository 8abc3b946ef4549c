import { bedId } from '../bed/folders.js';
import { bed } from '../bed/index.js';

/** Brings up one of everything, with what users make in it, prints the bed's id, and leaves all of it running. */
async function main(): Promise<void> {
  const engine = await bed.engine('20-overlay2');
  await bed.baseImages(engine.docker, ['busybox:latest']);
  const network = await engine.docker.createNetwork({ Name: 'left' });
  const container = await engine.docker.createContainer({
    Image: 'busybox:latest',
    Cmd: ['sleep', '1000'],
    HostConfig: { NetworkMode: network.id },
  });
  await container.start();
  await bed.host({ engine: '20-overlay2', name: 'left' });
  await bed.registry({ tls: true });
  await bed.pty(['sleep', '1000']);
  console.log(bedId);
  process.exit(0);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
