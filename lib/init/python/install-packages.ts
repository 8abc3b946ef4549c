import { posix } from 'node:path';
import type { Lock } from './locks.js';
import type { Packages } from './packages.js';

/** Lines of a Dockerfile that have pip install packages. */
export interface Installing {
  /** Stages that come first. */
  stages: readonly string[];
  lines: readonly string[];
}

/** A list, and what counts where it is missing. */
export interface PackageList {
  path: readonly string[];
  missing?: string;
}

/** Keeps pip from warnings that mean nothing in an image, and from files that nobody reads there. */
export const QUIET_PIP = 'ENV PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1';

/** @param version of Python, such as `3.11` */
export function installPackages(packages: readonly Packages[], version: string): Installing {
  const parts = packages.map((one) => installing(one, version));
  return { stages: parts.flatMap(({ stages }) => stages), lines: parts.flatMap(({ lines }) => lines) };
}

function installing(packages: Packages, version: string): Installing {
  switch (packages.kind) {
    case 'lock':
      return installLocked(packages.lock, packages.groups);
    case 'requirements':
      return { stages: [], lines: installRequirements([...packages.files], [...packages.beside]) };
    case 'lists':
      return {
        stages: [],
        lines: installLists(
          packages.lists.map((path) => ({ path })),
          version,
        ),
      };
    case 'poetry':
      return { stages: [], lines: installPoetry(packages.groups) };
    case 'setup.cfg':
      return { stages: [], lines: installPrinted('setup.cfg', SETUP_CFG) };
    case 'setup.py':
      return { stages: [], lines: installPrinted('setup.py', SETUP_PY) };
  }
}

/** The tool that knows the lock file stays behind in a stage. */
function installLocked({ file, beside, tools, production, development }: Lock, groups?: readonly string[]) {
  return {
    stages: [
      `# What ${file} has, as pip takes it: ${tools[0]} stays in this stage.`,
      'FROM ${PYTHON_IMAGE} AS locked',
      QUIET_PIP,
      `RUN pip install ${tools.join(' ')}`,
      'WORKDIR /project',
      `COPY ${beside} ${file} ./`,
      `RUN ${groups ? development(groups) : production}`,
      '',
    ],
    // The lock has all that each package needs.
    lines: [
      '',
      'COPY --from=locked /tmp/requirements.txt /tmp/',
      'RUN pip install --no-deps -r /tmp/requirements.txt',
    ],
  };
}

function installRequirements(files: string[], beside: string[]): string[] {
  const all = [...files, ...beside];
  const folders = new Set(all.map((file) => posix.dirname(file)));
  return [
    '',
    ...[...folders].map((folder) => {
      const here = all.filter((file) => posix.dirname(file) === folder);
      return `COPY ${here.join(' ')} /tmp/${folder === '.' ? '' : `${folder}/`}`;
    }),
    `RUN pip install ${files.map((file) => `-r /tmp/${file}`).join(' ')}`,
  ];
}

/** Lists of pyproject.toml. */
export function installLists(lists: readonly PackageList[], version: string): string[] {
  // pip brings one along for Pythons that have none.
  const parser = Number(version.split('.')[1]) >= 11 ? 'tomllib' : 'pip._vendor.tomli as tomllib';
  const shown = lists.map(({ path }) => path.join('.'));
  return [
    '',
    `# What pyproject.toml says under ${shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ` : ''}${shown.at(-1)}.`,
    'COPY pyproject.toml /tmp/',
    `RUN python -c "import ${parser}; p = tomllib.load(open('/tmp/pyproject.toml', 'rb')); \\`,
    `    print(${lists.map((list) => `*${listed(list)}`).join(', \\\n    ')}, sep='\\n')" > /tmp/packages.txt \\`,
    ' && pip install -r /tmp/packages.txt',
  ];
}

function listed({ path, missing = '[]' }: PackageList): string {
  const list = path
    .map((key, at) => `.get('${key}', ${at < path.length - 1 ? '{}' : missing})`)
    .reduce((text, part) => text + part, 'p');
  // A group may include others, which are lists of their own here.
  return path[0] === 'dependency-groups' ? `(d for d in ${list} if isinstance(d, str))` : list;
}

/** Poetry's own words for versions, which its own build backend reads. */
function installPoetry(groups: readonly string[]): string[] {
  const found = groups.map((name) => `*p.dependency_group('${name}').dependencies`).join(', ');
  return [
    '',
    `# What pyproject.toml says under ${groups.map((name) => (name === 'main' ? 'tool.poetry.dependencies' : `tool.poetry.group.${name}`)).join(' and ')}.`,
    'COPY pyproject.toml /tmp/project/',
    'RUN pip install poetry-core && cd /tmp/project \\',
    ' && python -c "from poetry.core.factory import Factory; p = Factory().create_poetry().package; \\',
    `    print(*(d.to_pep_508() for d in (${found},) if not d.is_optional()), sep='\\n')" > /tmp/packages.txt \\`,
    ' && pip install -r /tmp/packages.txt',
  ];
}

const SETUP_CFG =
  "import configparser; c = configparser.RawConfigParser(); c.read('/tmp/setup.cfg'); print(c.get('options', 'install_requires'))";

/** The list is read, and the script is not run: it may need what is not there yet. */
const SETUP_PY =
  "import ast; print(*(d for call in ast.walk(ast.parse(open('/tmp/setup.py').read())) if isinstance(call, ast.Call) \\\n    for k in call.keywords if k.arg == 'install_requires' for d in ast.literal_eval(k.value)), sep='\\n')";

function installPrinted(file: string, program: string): string[] {
  return [
    '',
    `# What ${file} says under install_requires.`,
    `COPY ${file} /tmp/`,
    `RUN python -c "${program}" > /tmp/packages.txt \\`,
    ' && pip install -r /tmp/packages.txt',
  ];
}
