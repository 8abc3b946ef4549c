// Imports only point down. ARCHITECTURE.md says what each folder is for; this file keeps it so, in `npm run lint`.

/** What a folder of lib/ may import, beside itself. */
const GROUND = {
  text: [],
  oci: ['text'],
  flags: ['text', 'oci'],
  report: ['text'],
  project: ['text', 'oci', 'flags'],
  version: ['text', 'oci', 'flags', 'report', 'project'],
  engine: ['text', 'oci', 'flags', 'report'],
};

/** The operations: each stands on the ground, and on no other operation. */
const OPERATIONS = ['build', 'run', 'transfer', 'publish', 'survey', 'init'];

/** The storeys of a transfer, from the bottom. Those of one line do not know each other. */
const STOREYS = [['base'], ['stores'], ['contents'], ['packing'], ['source', 'target'], ['plan']];

const storeyRules = STOREYS.flatMap((line, height) =>
  line.map((storey) => {
    const below = STOREYS.slice(0, height).flat();
    return {
      name: `transfer-${storey}-looks-down`,
      comment: 'The storeys of lib/transfer import only those below; source and target meet in base.',
      severity: 'error',
      from: { path: `^lib/transfer/${storey}/` },
      to: { path: '^lib/transfer/', pathNot: `^lib/transfer/(${[storey, ...below].join('|')})/` },
    };
  }),
);

const groundRules = Object.entries(GROUND).map(([folder, below]) => ({
  name: `${folder}-stands-on-its-ground`,
  comment: `lib/${folder} imports of lib/ only ${below.length === 0 ? 'itself' : below.join(', ')}.`,
  severity: 'error',
  from: { path: `^lib/${folder}/` },
  to: { path: '^(lib|tasks|bin)/', pathNot: `^lib/(${[folder, ...below].join('|')})/` },
}));

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
      name: 'operations-apart',
      comment: 'What two operations need stands in a folder below both. A start (init) needs the version.',
      severity: 'error',
      from: { path: `^lib/(${OPERATIONS.join('|')})/` },
      to: {
        path: `^lib/(${OPERATIONS.join('|')}|version)/|^(tasks|bin)/`,
        pathNot: '^lib/$1/|^lib/version/',
      },
    },
    {
      name: 'only-init-needs-the-version',
      severity: 'error',
      from: { path: '^lib/', pathNot: '^lib/(init|version)/' },
      to: { path: '^lib/version/' },
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
    {
      name: 'run-flags-alone',
      comment: 'gulp-dockerutils/run-flags is an export of its own, for programs that have no engine.',
      severity: 'error',
      from: { path: '^lib/run/flags/' },
      to: { path: '^lib/', pathNot: '^lib/(run/flags|flags|oci|text)/' },
    },
    ...groundRules,
    ...storeyRules,
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
