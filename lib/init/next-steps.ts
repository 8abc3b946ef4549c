import type { NodeFacts } from './node/read-node.js';

/** What is to be done so that the gulpfile works. */
export function stepsToGulp(node: NodeFacts | undefined, gulpfile: string | undefined): string[] {
  const missing = ['gulp', 'gulp-dockerutils'].filter((name) => node?.packages.includes(name) !== true);
  return [
    ...(gulpfile === undefined
      ? []
      : [`put gulp.registry(new DockerRegistry()) into ${gulpfile}, from gulp-dockerutils`]),
    ...(missing.length > 0 ? [`npm install --save-dev ${missing.join(' ')}`] : []),
  ];
}
