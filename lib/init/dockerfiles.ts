import type { NodeFacts } from './node.js';
import type { PythonFacts } from './python.js';
import type { ProjectFacts } from './read-project.js';

/** Texts of the two Dockerfiles that a project starts with: what comes from outside, and the project on top of it. */
export interface Dockerfiles {
  base: string;
  app: string;
}

export function startingDockerfiles({ name, python, node }: ProjectFacts): Dockerfiles {
  const { base, app } = python ? pythonImages(python) : node?.runs ? nodeImages(node) : plainImages();
  return {
    base: text(
      '# All that comes from outside of the project: only this image needs a network when it is built.',
      base,
    ),
    app: text(
      '# The project on top of the base image, and nothing else from outside.',
      `ARG BASE_IMAGE=${name}-base`,
      'FROM ${BASE_IMAGE}',
      '',
      app,
    ),
  };
}

function pythonImages({ version, requirements, install, inSrc, command, toldVersion }: PythonFacts) {
  return {
    base: text(
      `ARG PYTHON_IMAGE=python:${version}-slim`,
      'FROM ${PYTHON_IMAGE}',
      '',
      '# pip warns of the root user, which is the usual one in an image.',
      'ENV PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1',
      ...pythonPackages(requirements, version),
      ...(install !== undefined && !requirements.includes('pyproject.toml')
        ? ['', '# What builds the project.', 'RUN pip install setuptools wheel']
        : []),
    ),
    app: text(
      'WORKDIR /app',
      'COPY . .',
      ...(typeof toldVersion === 'object'
        ? [
            '# The version as genversion computed it from git on the host: .git itself stays outside.',
            `COPY _version.py.bld ${toldVersion.file}`,
          ]
        : []),
      ...pipInstall(install, toldVersion),
      ...(install === undefined && inSrc ? ['ENV PYTHONPATH=/app/src'] : []),
      '',
      `CMD ${JSON.stringify(command)}`,
    ),
  };
}

function pythonPackages(requirements: PythonFacts['requirements'], version: string): string[] {
  const lines: string[] = [];
  if (requirements.includes('requirements.txt'))
    lines.push('', 'COPY requirements.txt /tmp/', 'RUN pip install -r /tmp/requirements.txt');
  if (requirements.includes('pyproject.toml')) {
    // pip brings one along for Pythons that have none.
    const parser = Number(version.split('.')[1]) >= 11 ? 'tomllib' : 'pip._vendor.tomli as tomllib';
    lines.push(
      '',
      '# What pyproject.toml says under build-system.requires and project.dependencies.',
      'COPY pyproject.toml /tmp/',
      `RUN python -c "import ${parser}; p = tomllib.load(open('/tmp/pyproject.toml', 'rb')); \\`,
      `    print(*p.get('build-system', {}).get('requires', ['setuptools', 'wheel']), \\`,
      `    *p.get('project', {}).get('dependencies', []), sep='\\n')" > /tmp/packages.txt \\`,
      ' && pip install -r /tmp/packages.txt',
    );
  }
  return lines;
}

function pipInstall(install: PythonFacts['install'], toldVersion: PythonFacts['toldVersion']): string[] {
  if (install === undefined) return [];
  const command = `pip install${install === 'alone' ? ' --no-deps' : ''} --no-build-isolation .`;
  const remark =
    install === 'alone'
      ? []
      : [
          '# Packages that the project depends on are fetched here: name them in requirements.txt to have them in base.',
        ];
  if (toldVersion !== 'by setuptools-scm') return [...remark, `RUN ${command}`];
  return [
    ...remark,
    '# The version as genversion computed it from git on the host: .git itself stays outside.',
    `RUN SETUPTOOLS_SCM_PRETEND_VERSION=$(python -c "exec(open('_version.py.bld').read()); print(get_versions()['version'])") \\`,
    `    ${command}`,
  ];
}

function nodeImages({ version, locked, command }: NodeFacts) {
  return {
    base: text(
      `ARG NODE_IMAGE=node:${version}-slim`,
      'FROM ${NODE_IMAGE}',
      '',
      'WORKDIR /app',
      `COPY package.json ${locked ? 'package-lock.json ' : ''}./`,
      `RUN npm ${locked ? 'ci' : 'install'} --omit=dev`,
    ),
    app: text('COPY . .', '', `CMD ${JSON.stringify(command)}`),
  };
}

function plainImages() {
  return {
    base: text('FROM debian:stable-slim', '', '# RUN apt-get update && apt-get install -y …'),
    app: text('WORKDIR /app', 'COPY . .', '', 'CMD ["ls", "-l"]'),
  };
}

function text(...lines: string[]): string {
  return lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join('');
}
