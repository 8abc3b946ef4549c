/**
 * @param python whether the project is one of Python's
 * @param confidential paths of what no image may have, relative to the project
 */
export function startingIgnoreFile(python: boolean, confidential: readonly string[] = []): string {
  const ofPython = [
    '**/__pycache__',
    '**/*.egg-info',
    '.venv',
    'venv',
    '.tox',
    '.pytest_cache',
    'build',
    'dist',
  ];
  return [
    '# What no image needs: the smaller the context, the faster the build.',
    '.git',
    'node_modules',
    'gulpfile.*',
    'docker/run.cfg',
    '.env',
    'docker/.env',
    ...confidential.filter((path) => !['.env', 'docker/.env'].includes(path)),
    ...(python ? ofPython : []),
    '',
  ].join('\n');
}
