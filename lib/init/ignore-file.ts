/** @param python whether the project is one of Python's */
export function startingIgnoreFile(python: boolean): string {
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
    ...(python ? ofPython : []),
    '',
  ].join('\n');
}
