/**
 * Records, from an engine 20.10, under which names it saves the layers of its images:
 *
 *     npx tsx test/oracle/transfer/record.ts unix:///path/of/docker.sock [image…] > test/oracle/transfer/v1-ids.json
 */
import { execFileSync } from 'node:child_process';

interface Inspected {
  RootFS: { Layers: string[] };
}

const [url = '', ...images] = process.argv.slice(2);
const docker = (...words: string[]) => execFileSync('docker', ['-H', url, ...words], { maxBuffer: 2 ** 30 });

const recorded = images.map((image) => {
  const manifest = execFileSync('tar', ['xO', 'manifest.json'], { input: docker('save', image) });
  const [saved] = JSON.parse(manifest.toString()) as { Layers: string[] }[];
  const [inspected] = JSON.parse(docker('inspect', image).toString()) as Inspected[];
  return { diffIds: inspected!.RootFS.Layers, files: saved!.Layers };
});
const engine = docker('version', '--format', '{{.Server.Version}}').toString().trim();
console.log(JSON.stringify({ engine, images: recorded }, undefined, 1));
