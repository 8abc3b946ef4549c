import { bed, type EngineName, engineNames as dockers, podmanNames } from './index.js';
import { anyEngine } from './machine-engine.js';
import { status } from './status.js';

const engineNames = [...dockers, ...podmanNames];

const usage = `usage: npx tsx test/bed/main.ts up [engine…] | down | status
engines: ${engineNames.join(' ')}, or any: the machine's own where it has one; all of them without a name`;

async function main([verb, ...names]: string[]): Promise<void> {
  switch (verb) {
    case 'up':
      await Promise.all((names.length > 0 ? names : engineNames).map(up));
      return;
    case 'down':
      return bed.down();
    case 'status':
      console.log(await status());
      return;
    default:
      throw new Error(usage);
  }
}

async function up(name: string): Promise<void> {
  if (name !== 'any' && !isEngineName(name)) throw new Error(`There is no engine ${name}.\n${usage}`);
  const { docker, url } = name === 'any' ? await anyEngine() : await bed.engine(name);
  await bed.baseImages(docker);
  console.log(`${name}\t${url}`);
}

const isEngineName = (name: string): name is EngineName => (engineNames as string[]).includes(name);

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
