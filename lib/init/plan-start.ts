import { stringify } from 'ini';
import { startingDockerfiles } from './dockerfiles.js';
import { startingGulpfile } from './gulpfile.js';
import { startingIgnoreFile } from './ignore-file.js';
import { stepsToGulp } from './next-steps.js';
import type { ProjectFacts } from './read-project.js';
import type { StartPlan } from './start-plan.js';

/** The files that make a project one of several images, and what comes after them. */
export function planStart(facts: ProjectFacts): StartPlan {
  const dockerfiles = Object.entries(startingDockerfiles(facts));
  return {
    files: [
      ...dockerfiles.map(([image, content]) => ({ path: `docker/${image}/Dockerfile`, content })),
      { path: 'docker/run.cfg', content: startingConfig(facts) },
      { path: '.dockerignore', content: startingIgnoreFile(facts.python !== undefined) },
      ...(facts.gulpfile === undefined
        ? [startingGulpfile(facts.node, "gulp.series(build(), run('app'));")]
        : []),
    ],
    notes: facts.besides,
    next: nextSteps(facts),
  };
}

function startingConfig({ python }: ProjectFacts): string {
  const port = python?.port;
  return [
    '# How the images of docker/ are run. Each key is a piece of a `docker run` command line, such as',
    '#   ports=-p 8080:8080',
    '#   environment=-e LOG_LEVEL=debug',
    '#   volumes=-v {project_root}/data:/data',
    '#   host=user@server        where `gulp transfer` sends the image',
    '# `gulp config` shows what they come to.',
    '',
    '# Images that are another one, run in another way.',
    section('run_image', { synthetic_images: 'shell' }),
    section('app', port === undefined ? {} : { ports: `-p ${port}:${port}` }),
    ...(hasDevelopment(python)
      ? [
          '# What development needs besides, on the files of the host.',
          section('dev', { volumes: '-v {project_root}:/app' }),
        ]
      : []),
    "# A shell in the app image, with the project's folder on the host instead of the copy in the image.",
    section('shell', { name: 'app', volumes: '-v {project_root}:/app', cmd: 'sh' }),
  ].join('\n');
}

function hasDevelopment(python: ProjectFacts['python']): boolean {
  return python !== undefined && python.development.length > 0;
}

/** npm's ini may write these values, which hold nothing that it puts in quotes. */
function section(name: string, values: Record<string, string>): string {
  return Object.keys(values).length > 0 ? stringify({ [name]: values }) : `[${name}]\n`;
}

function nextSteps({ gulpfile, node, python }: ProjectFacts): string[] {
  return [
    ...stepsToGulp(node, gulpfile),
    `npx gulp build      base, then ${hasDevelopment(python) ? 'app and dev' : 'app'}`,
    'npx gulp run:app    the app',
    ...(hasDevelopment(python)
      ? [
          `npx gulp run:dev    ${python?.hasPytest === true ? 'its tests' : 'a shell'}, with what development needs`,
        ]
      : []),
    'npx gulp transfer:app --host user@server    to another machine, over ssh',
    'npx gulp doctor     what is right and what is not',
    'npx gulp --tasks    all that can be done',
  ];
}
