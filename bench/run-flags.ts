/** How long the flags of a usual run.cfg section take, beside splitting the same line into words: `npx tsx bench/run-flags.ts`. */
import { split } from 'shlex';
import { parseRun } from '../lib/run/flags/index.js';
import { bound } from './shared/bound.js';

const LINE =
  '--rm --init -it --name dev -e A=b -e HOME -e "GREETING=hello world" -v /srv/data:/data:ro -v cache:/cache ' +
  '--mount type=bind,source=/srv/app,target=/app,readonly -p 8080:80 -p 127.0.0.1:9000-9003:9000-9003/udp --network backend ' +
  '--gpus all --memory 2g --cpus 1.5 --ulimit nofile=1024:2048 --add-host db:10.0.0.2 --label com.example.a=b ' +
  "--health-cmd 'curl -f http://localhost' --health-interval 30s --restart no --shm-size 256m --user 1000:1000";
/** Milliseconds that a line may take. */
const LIMIT = 1;

function millisecondsPer(rounds: number, work: () => void): number {
  for (let warm = 0; warm < rounds / 10; warm++) work();
  const start = performance.now();
  for (let round = 0; round < rounds; round++) work();
  return (performance.now() - start) / rounds;
}

const words = split(LINE);
const splitting = millisecondsPer(3000, () => split(LINE));
const parsing = millisecondsPer(3000, () =>
  parseRun({ flags: words, image: 'img:latest', command: ['sh', '-c', 'x'] }),
);
const first = (() => {
  const start = performance.now();
  parseRun({ flags: words.toReversed().filter((word) => word.startsWith('--rm')), image: 'img' });
  return performance.now() - start;
})();

console.log(`${words.length} words: split ${splitting.toFixed(3)} ms, parsed ${parsing.toFixed(3)} ms`);
console.log(`parsing / splitting ${(parsing / splitting).toFixed(2)}; a further line ${first.toFixed(3)} ms`);
bound('flags of a section, ms beside what they may take', parsing, LIMIT, 1, 3);
