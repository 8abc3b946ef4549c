/** A tool's lock file, and how the tool says it as pip takes it. */
export interface Lock {
  file: string;
  /** What else the tool reads. */
  beside: string;
  /** What pip installs to have the tool. */
  tools: readonly string[];
  /** The command, in a folder that holds the two files, that writes /tmp/requirements.txt. */
  production: string;
  /** The same for groups of development. */
  development: (groups: readonly string[]) => string;
}

const OUT = '/tmp/requirements.txt';

/** Whose lock counts where there are several is said by the order. */
export const LOCKS: readonly Lock[] = [
  {
    file: 'uv.lock',
    beside: 'pyproject.toml',
    tools: ['uv'],
    production: `uv export --quiet --frozen --no-default-groups --no-emit-project --output-file ${OUT}`,
    development: (groups) =>
      `uv export --quiet --frozen --no-emit-project ${groups.map((group) => `--only-group ${group}`).join(' ')} --output-file ${OUT}`,
  },
  {
    file: 'poetry.lock',
    beside: 'pyproject.toml',
    tools: ['poetry', 'poetry-plugin-export'],
    production: `poetry export --only main --output ${OUT}`,
    development: (groups) => `poetry export --only ${groups.join(',')} --output ${OUT}`,
  },
  {
    file: 'pdm.lock',
    beside: 'pyproject.toml',
    tools: ['pdm'],
    production: `pdm export --production --output ${OUT}`,
    development: (groups) =>
      `pdm export --no-default ${groups.map((group) => `--group ${group}`).join(' ')} --output ${OUT}`,
  },
  {
    file: 'Pipfile.lock',
    beside: 'Pipfile',
    tools: ['pipenv'],
    production: `pipenv requirements > ${OUT}`,
    development: () => `pipenv requirements --dev-only > ${OUT}`,
  },
];
