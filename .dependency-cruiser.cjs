// Imports only point down. ARCHITECTURE.md says what each folder is for; this file keeps it so, in `npm run lint`.

/** What a folder may import of lib/, beside itself. */
const BELOW = {
  'lib/text': [],
  'lib/system': ['text'],
  'lib/oci': ['text'],
  'lib/ignore': ['text', 'system'],
  'lib/native': [],
  'lib/flags': ['text', 'oci'],
  'lib/report': ['text'],
  'lib/project': ['text', 'system', 'oci', 'flags'],
  'lib/version': ['text', 'system', 'oci', 'flags', 'report', 'project'],
  'lib/engine': ['text', 'system', 'oci', 'flags', 'report'],

  // The operations: each stands on the ground, and on no other. What two need stands below both.
  ...Object.fromEntries(
    ['build', 'run', 'live', 'files', 'transfer', 'publish', 'overview'].map((operation) => [
      `lib/${operation}`,
      ['text', 'system', 'oci', 'ignore', 'flags', 'report', 'project', 'engine'],
    ]),
  ),
  'lib/swarm': ['text', 'system', 'oci', 'flags', 'report', 'project', 'engine', 'run/flags'],
  'lib/services': ['text', 'system', 'oci', 'flags', 'report', 'project', 'engine', 'run'],
  'lib/init': ['text', 'system', 'oci', 'flags', 'report', 'project', 'engine', 'version'],

  // Exports of their own, for programs that have no engine.
  'lib/run/flags': ['flags', 'oci', 'text'],
  'lib/swarm/flags': ['run/flags', 'flags', 'oci', 'text'],
};

/** The storeys of a transfer, from the bottom. Those of one line do not know each other. */
const STOREYS = [['base'], ['stores'], ['contents'], ['packing'], ['source', 'target'], ['plan']];

/** Of the files below `within`, `folder` imports itself and those of `below`. */
function looksDown(folder, within, below) {
  const allowed = below.length === 0 ? 'itself alone' : `only itself and ${below.join(', ')}`;
  return {
    name: `${folder.replace(/^lib\//, '').replaceAll('/', '-')}-looks-down`,
    comment: `Of ${within}, ${folder} imports ${allowed}.`,
    severity: 'error',
    from: { path: `^${folder}/` },
    to: {
      path: within === 'lib' ? '^(lib|tasks|bin)/' : `^${within}/`,
      pathNot: [folder, ...below.map((name) => `${within}/${name}`)].map((name) => `^${name}/`),
    },
  };
}

const layerRules = [
  ...Object.entries(BELOW).map(([folder, below]) => looksDown(folder, 'lib', below)),
  ...STOREYS.flatMap((line, height) =>
    line.map((storey) =>
      looksDown(`lib/transfer/${storey}`, 'lib/transfer', STOREYS.slice(0, height).flat()),
    ),
  ),
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Neither of values nor of types: what two files need of each other stands in a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'lib-knows-no-gulp',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(tasks|bin)/|node_modules/(@types/)?(gulp|undertaker)' },
    },
    {
      name: 'dockerode-in-engine-only',
      comment: 'Engines are asked through the client of lib/engine.',
      severity: 'error',
      from: { path: '^(lib|tasks|bin)/', pathNot: '^lib/engine/' },
      to: { path: 'node_modules/(@types/)?(dockerode|docker-modem)' },
    },
    {
      name: 'product-without-tests',
      severity: 'error',
      from: { path: '^(lib|tasks|bin)/' },
      to: { path: '^(test|bench|docs|examples)/' },
    },
    ...layerRules,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
