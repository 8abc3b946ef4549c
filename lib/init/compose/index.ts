import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { DOCKER_FOLDER } from '../../project/root.js';
import { printable } from '../../text/printable.js';
import { isRecord, isText } from '../../text/record.js';
import { UserError } from '../../text/user-error.js';
import { startingGulpfile } from '../gulpfile.js';
import { startingIgnoreFile } from '../ignore-file.js';
import { stepsToGulp } from '../next-steps.js';
import { isPython } from '../python/read-python.js';
import { readSurroundings } from '../read-project.js';
import type { StartFile, StartPlan } from '../start-plan.js';
import { configText, defaultsText } from './config-text.js';
import { convertImages } from './images.js';
import { convertService } from './service/convert-service.js';
import { type ComposeSource, type Path, readCompose } from './source.js';
import { type Conversion, Target } from './target.js';

/**
 * The start of a project that has a compose file: an image for each thing that is built, a section of run.cfg for each
 * service, and a note for each thing that has no counterpart.
 *
 * @param file path of the compose file, relative to `root` or absolute
 * @throws {UserError} `NO_COMPOSE_FILE`, `BAD_COMPOSE_FILE`, `ALREADY_STARTED`
 */
export async function planFromCompose(root: string, file: string): Promise<StartPlan> {
  refuseConfigured(root);
  const source = await readCompose(resolve(root, file), file);
  const services = servicesOf(source);
  const notes: { line: number; text: string }[] = [];
  const conversion = conversionOf(root, source, (path, message) => {
    const line = source.lineOf(path);
    notes.push({ line, text: `${source.file}:${line}: ${printable(path.join('.'))} ${printable(message)}.` });
  });
  for (const key of Object.keys(source.value))
    if (!TOP.includes(key) && !key.startsWith('x-')) conversion.tell([key], 'has no counterpart');
  const images = convertImages(services, conversion);
  for (const { section, service } of images.sections)
    convertService(service, new Target(conversion, section, ['services', section.name]));
  const sections = images.sections.map(({ section }) => section);
  const { name, besides, node, gulpfile } = await readSurroundings(root);
  const main = mainOf(
    sections.map((section) => section.name),
    services,
    images.built,
  );
  const run = `run('${main}')`;
  const pipeline = images.built.length > 0 ? `gulp.series(build(), ${run});` : `${run};`;
  return {
    files: [
      ...images.files,
      {
        path: `${DOCKER_FOLDER}/run.cfg`,
        content: configText({ source: source.file, sections, images, conversion }),
      },
      ...defaults(conversion),
      { path: '.dockerignore', content: startingIgnoreFile(isPython(root), belowProject(conversion)) },
      ...(gulpfile === undefined ? [startingGulpfile(node, pipeline)] : []),
    ],
    notes: [
      ...[...new Set(notes.toSorted((one, other) => one.line - other.line).map(({ text }) => text))],
      ...besides.filter((sentence) => !/^(?:Dockerfile|Containerfile|(?:docker-)?compose)\b/.test(sentence)),
      ...(images.built.length > 0
        ? [
            `What is built is below ${DOCKER_FOLDER}/ now: the Dockerfiles that it was taken from count for compose alone.`,
          ]
        : []),
    ],
    next: [
      ...stepsToGulp(node, gulpfile),
      ...(images.built.length > 0 ? [`npx gulp build      ${images.built.join(', ')}`] : []),
      `npx gulp run:${main}    with what it depends on, beside it`,
      'npx gulp config     what run.cfg comes to',
      'npx gulp doctor     what is right and what is not',
      `npx gulp --tasks    all that can be done in ${name}`,
    ],
  };
}

/** Paths relative to the project of what is below it. */
function belowProject({ confidential }: Conversion): string[] {
  const project = '{project_root}/';
  return [...confidential]
    .filter((word) => word.startsWith(project) && !word.startsWith(`${project}../`))
    .map((word) => word.slice(project.length));
}

const TOP = ['version', 'name', 'services', 'networks', 'volumes', 'secrets', 'configs'];

function refuseConfigured(root: string): void {
  const there = ['run.cfg', 'dockerutils.cfg']
    .map((name) => `${DOCKER_FOLDER}/${name}`)
    .find((path) => existsSync(join(root, path)));
  if (there === undefined) return;
  const sentence = `There is nothing to start: ${there} is there already. Move it away to have it written from a compose file.`;
  throw new UserError('ALREADY_STARTED', sentence);
}

function servicesOf({ file, value }: ComposeSource): Map<string, Record<string, unknown>> {
  const { services } = value;
  const all = Object.entries(isRecord(services) ? services : {}).flatMap(
    ([name, service]): [string, Record<string, unknown>][] => (isRecord(service) ? [[name, service]] : []),
  );
  if (all.length > 0) return new Map(all);
  throw new UserError('BAD_COMPOSE_FILE', `${file}: no services stand in it.`);
}

function conversionOf(
  root: string,
  { file, value }: ComposeSource,
  tell: (path: Path, message: string) => void,
): Conversion {
  const folder = dirname(resolve(root, file));
  const environment = join(folder, '.env');
  const text = existsSync(environment) ? readFileSync(environment, 'utf8') : undefined;
  return {
    root,
    tell,
    file: value,
    carried: new Set(),
    confidential: new Set(),
    folder: relative(root, folder).split(sep).join('/') || '.',
    project: projectOf(value.name, folder),
    variables: {
      defaults: new Map(),
      found: false,
      inFile:
        text === undefined
          ? undefined
          : (name) => new RegExp(`^\\s*(?:export\\s+)?${name}\\s*[=:]`, 'm').test(text),
    },
  };
}

/** As compose makes it, so that its volumes are found again. */
function projectOf(name: unknown, folder: string): string {
  if (isText(name) && !name.includes('$')) return name;
  return basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

/** What `gulp` alone runs: the first that is built and that no other needs. */
function mainOf(
  names: readonly string[],
  services: ReadonlyMap<string, Record<string, unknown>>,
  built: readonly string[],
): string {
  const needed = new Set(
    [...services.values()].flatMap(({ depends_on: needs }) =>
      Array.isArray(needs) ? needs.map(String) : Object.keys(isRecord(needs) ? needs : {}),
    ),
  );
  const free = (all: readonly string[]) => all.find((name) => !needed.has(name));
  return free(built) ?? built[0] ?? free(names) ?? names[0] ?? 'app';
}

function defaults({ variables }: Conversion): StartFile[] {
  const text = defaultsText(variables.defaults);
  return text === '' ? [] : [{ path: `${DOCKER_FOLDER}/.env`, content: text }];
}
