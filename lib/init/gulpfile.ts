import { fileText } from './file-text.js';
import type { NodeFacts } from './node/read-node.js';
import type { StartFile } from './start-plan.js';

/** @param pipeline what `gulp` alone does */
export function startingGulpfile(node: NodeFacts | undefined, pipeline: string): StartFile {
  const body = [
    '// Tasks for every image of docker/: `npx gulp --tasks` lists them.',
    'gulp.registry(new DockerRegistry());',
    '',
    'const { build, run } = dockerTasks();',
    '',
    '// Tasks of your own are made of the same pieces: this is what `npx gulp` alone does.',
  ];
  if (node && !node.esm)
    return {
      path: 'gulpfile.js',
      content: fileText(
        "const gulp = require('gulp');",
        "const { DockerRegistry, dockerTasks } = require('gulp-dockerutils');",
        '',
        ...body,
        `exports.default = ${pipeline}`,
      ),
    };
  return {
    path: node ? 'gulpfile.js' : 'gulpfile.mjs',
    content: fileText(
      "import gulp from 'gulp';",
      "import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';",
      '',
      ...body,
      `export default ${pipeline}`,
    ),
  };
}
