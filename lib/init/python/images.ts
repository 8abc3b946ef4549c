import { fileText } from '../file-text.js';
import {
  type Installing,
  installLists,
  installPackages,
  type PackageList,
  QUIET_PIP,
} from './install-packages.js';
import type { PythonFacts } from './read-python.js';

/** Texts of the Dockerfiles of a Python project, without their first lines. */
export interface PythonImages {
  base: string;
  app: string;
  /** What its development needs, where it says so. */
  dev?: string;
}

const TOLD = '# The version as genversion computed it from git on the host: .git itself stays outside.';
const PIP = ['# pip warns of the root user, which is the usual one in an image.', QUIET_PIP];

/** @param base what docker/base is called in `FROM` */
export function pythonImages(facts: PythonFacts, base: readonly string[]): PythonImages {
  const dev = developmentImage(facts, base);
  return {
    base: baseImage(facts),
    app: fileText(
      ...base,
      '',
      ...projectLines(facts, installation(facts)),
      '',
      `CMD ${JSON.stringify(facts.command)}`,
    ),
    ...(dev !== undefined && { dev }),
  };
}

function baseImage(facts: PythonFacts): string {
  const { stages, lines } = packagesAndBuilder(facts);
  return fileText(
    imageArgument(facts),
    ...(stages.length > 0 ? ['', ...stages] : []),
    'FROM ${PYTHON_IMAGE}',
    '',
    ...PIP,
    ...lines,
  );
}

function imageArgument({ version }: PythonFacts): string {
  return `ARG PYTHON_IMAGE=python:${version}-slim`;
}

/** What builds the project is needed by a build that has no network. */
function packagesAndBuilder({ install, hasPyproject, packages, version }: PythonFacts): Installing {
  if (install === undefined) return installPackages(packages, version);
  if (!hasPyproject) {
    const installing = installPackages(packages, version);
    const builder = ['', '# What builds the project.', 'RUN pip install setuptools wheel'];
    return { ...installing, lines: [...installing.lines, ...builder] };
  }
  const lists = packages.flatMap((one) => (one.kind === 'lists' ? one.lists : []));
  const rest = installPackages(
    packages.filter(({ kind }) => kind !== 'lists'),
    version,
  );
  const builder: PackageList = { path: ['build-system', 'requires'], missing: "['setuptools', 'wheel']" };
  const all = [builder, ...lists.map((path) => ({ path }))];
  // Poetry's words are read by what builds the project.
  return { ...rest, lines: [...installLists(all, version), ...rest.lines] };
}

function developmentImage(facts: PythonFacts, base: readonly string[]): string | undefined {
  if (facts.development.length === 0) return undefined;
  const { stages, lines } = installPackages(facts.development, facts.version);
  const editable = facts.backend === 'hatchling.build' ? ['', 'RUN pip install editables'] : [];
  const [argument = '', from = ''] = base;
  return fileText(
    argument,
    // A stage has no other way to the image that the base is built from.
    ...(stages.length > 0 ? [imageArgument(facts), '', ...stages] : []),
    from,
    ...lines,
    ...(facts.install === undefined ? [] : editable),
    '',
    ...projectLines(facts, installation(facts, '--editable ')),
    '',
    `CMD ${JSON.stringify(facts.hasPytest ? ['pytest'] : ['sh'])}`,
  );
}

function projectLines({ install, inSrc, toldVersion }: PythonFacts, installing: readonly string[]): string[] {
  return [
    'WORKDIR /app',
    'COPY . .',
    ...(typeof toldVersion === 'object' ? [TOLD, `COPY _version.py.bld ${toldVersion.file}`] : []),
    ...installing,
    ...(install === undefined && inSrc ? ['ENV PYTHONPATH=/app/src'] : []),
  ];
}

function installation({ install, toldVersion }: PythonFacts, flags = ''): string[] {
  if (install === undefined) return [];
  const command = `pip install${install === 'alone' ? ' --no-deps' : ''} --no-build-isolation ${flags}.`;
  const remark =
    install === 'alone'
      ? []
      : [
          '# Packages that the project depends on are fetched here: name them in requirements.txt to have them in base.',
        ];
  if (toldVersion !== 'by setuptools-scm') return [...remark, `RUN ${command}`];
  return [
    ...remark,
    TOLD,
    `RUN SETUPTOOLS_SCM_PRETEND_VERSION=$(python -c "exec(open('_version.py.bld').read()); print(get_versions()['version'])") \\`,
    `    ${command}`,
  ];
}
