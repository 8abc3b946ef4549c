import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { type PackageIndex, servePackages } from '../examples/package-index.js';
import { type Wheel, wheel } from '../examples/wheel.js';
import { poetryProject, startedProject, withoutNetwork } from './started.js';

const VERSION = '3.13';

const COLOURS = ['1.2.0', '1.9.0', '2.0.0'].map((version) =>
  wheel({
    ...{ name: 'colours', version, requires: ['shades'] },
    files: { 'colours.py': `VERSION = "${version}"\n` },
  }),
);
const OTHERS = [
  wheel({ name: 'shades', version: '3', files: { 'shades.py': '' } }),
  wheel({ name: 'checks', version: '1', files: { 'checks.py': '' } }),
];
const SOURCES = {
  'src/tool/__init__.py': `import colours, shades\n\n\ndef main():\n    print("it is made", colours.VERSION)\n`,
};
const SETUPTOOLS = `[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"
[tool.setuptools.packages.find]
where = ["src"]
`;
const PROJECT = `${SETUPTOOLS}[project]
name = "tool"
version = "1.5"
requires-python = ">=${VERSION}"
dependencies = ["colours<2"]
scripts = { tool = "tool:main" }
[dependency-groups]
dev = ["checks"]
`;

/** What each tool reads, and how it writes its lock. */
const TOOLS: Record<
  string,
  { command: string; lock: string; files: (index: string) => Record<string, string> }
> = {
  poetry: {
    command: 'poetry lock -n',
    lock: 'poetry.lock',
    files: (index) => ({
      'pyproject.toml': poetryProject(
        `^${VERSION}`,
        `[[tool.poetry.source]]\nname = "bed"\nurl = "${index}"\npriority = "primary"\n`,
      ),
    }),
  },
  pdm: {
    command: 'pdm lock',
    lock: 'pdm.lock',
    files: (index) => ({
      'pyproject.toml': `${PROJECT}[[tool.pdm.source]]\nname = "pypi"\nurl = "${index}"\nverify_ssl = false\n`,
    }),
  },
  pipenv: {
    command: 'pipenv lock',
    lock: 'Pipfile.lock',
    files: (index) => ({
      'pyproject.toml': PROJECT,
      Pipfile: `[[source]]\nname = "bed"\nurl = "${index}"\nverify_ssl = false
[packages]\ncolours = "<2"\n[dev-packages]\nchecks = "*"\n[requires]\npython_version = "${VERSION}"\n`,
    }),
  },
};

/**
 * Stands for uv, which only PyPI has: the words of `uv export`, each as uv's documentation has it, and a lock of packages
 * that each have one wheel.
 */
const UV = wheel({
  ...{ name: 'uv', version: '0.9.0', entryPoints: '[console_scripts]\nuv = uv:main\n' },
  files: {
    'uv.py': `import argparse, tomllib

def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("command", choices=["export"])
    for flag in ("--quiet", "--frozen", "--no-default-groups", "--no-emit-project"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--only-group", action="append", default=[])
    parser.add_argument("--output-file", required=True)
    asked = parser.parse_args()
    assert asked.frozen and asked.no_emit_project
    with open("uv.lock", "rb") as file:
        packages = {each["name"]: each for each in tomllib.load(file)["package"]}
    own = next(each for each in packages.values() if "editable" in each["source"])
    groups = own["dev-dependencies"]
    if asked.only_group:
        queue = [each for group in asked.only_group for each in groups[group]]
    else:
        assert asked.no_default_groups
        queue = list(own["dependencies"])
    lines = {}
    while queue:
        found = packages[queue.pop()["name"]]
        hashes = "".join(" --hash=" + each["hash"] for each in found["wheels"])
        lines[found["name"]] = found["name"] + "==" + found["version"] + hashes
        queue += found.get("dependencies", [])
    with open(asked.output_file, "w") as file:
        file.write("\\n".join(lines.values()))
`,
  },
});

function uvLock(wheels: readonly Wheel[], index: string): string {
  const packages = wheels.map(({ project, fileName, bytes }) => {
    const [, version = ''] = fileName.split('-');
    const hash = createHash('sha256').update(bytes).digest('hex');
    const needs = project === 'colours' ? 'dependencies = [{ name = "shades" }]\n' : '';
    return `[[package]]\nname = "${project}"\nversion = "${version}"\nsource = { registry = "${index}" }
${needs}wheels = [{ url = "${index}/${fileName}", hash = "sha256:${hash}" }]\n`;
  });
  return `version = 1\nrequires-python = ">=${VERSION}"\n\n${packages.join('\n')}
[[package]]\nname = "tool"\nversion = "1.5"\nsource = { editable = "." }\ndependencies = [{ name = "colours" }]
[package.dev-dependencies]\ndev = [{ name = "checks" }]\n`;
}

heavy(() => {
  describe('a project with a lock file, from init to a container, its packages as the tool that locked them says', function () {
    this.timeout(900_000);
    let engine: BedEngine;
    let index: PackageIndex;
    before(async function () {
      engine = await bed.orSkip(this, () => bed.engine('28-overlay2'));
      await bed.baseImages(engine.docker, ['lockers:trixie']);
      // What the Dockerfiles of init name, with the tools in it already: pip finds nothing to be installed.
      await engine.docker.getImage('lockers:trixie').tag({ repo: 'python', tag: `${VERSION}-slim` });
      index = await servePackages(engine, [...COLOURS, ...OTHERS, UV]);
    });
    after(() => index?.close());

    /** Files, and the lock that a real tool makes of them. */
    async function locked({
      command,
      lock,
      files: filesOf,
    }: (typeof TOOLS)[string]): Promise<Record<string, string>> {
      const files = filesOf(index.env.PIP_INDEX_URL);
      const folder = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-lock-'));
      try {
        for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
        const run = ['run', '--rm', '-v', `${folder}:/project`, '-w', '/project', '-e', 'PDM_CHECK_UPDATE=0'];
        const words = [...run, `python:${VERSION}-slim`, 'sh', '-c', command];
        await promisify(execFile)(await bed.dockerCli(), words, { env: { ...process.env, ...engine.env } });
        return { ...files, [lock]: await readFile(join(folder, lock), 'utf8') };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }

    const comesUp = (files: Record<string, string>) =>
      startedProject(
        engine,
        { '.python-version': `${VERSION}\n`, ...SOURCES, ...files },
        [],
        async ({ folder, gulp: run }) => {
          // The lock has all that is needed; and what Debian's tools need is as Debian has it.
          await withoutNetwork(folder, index, { PIP_NO_DEPS: '1', PDM_CHECK_UPDATE: '0' });
          const made = await run();
          expect(made.status, made.stderr).to.equal(0);
          expect(made.stdout).to.equal('it is made 1.9.0\n');
          const words = 'python -c "import checks, tool; print(tool.__file__)"';
          const dev = await run('build:dev', 'run:dev', '--series', '--command', words);
          expect(dev.stdout, dev.stderr).to.equal('/app/src/tool/__init__.py\n');
        },
      );

    for (const [name, tool] of Object.entries(TOOLS))
      it(`is locked by ${name}`, async () => comesUp(await locked(tool)));

    it('is locked by uv, of which a stand-in reads the lock', () => {
      const [, colours] = COLOURS;
      const wheels = [...(colours ? [colours] : []), ...OTHERS];
      return comesUp({ 'pyproject.toml': PROJECT, 'uv.lock': uvLock(wheels, index.env.PIP_INDEX_URL) });
    });
  });
});
