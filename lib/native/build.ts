/**
 * Compiles the programs that run on an engine's side, for both architectures, each into `binaries.ts` beside its source.
 * The same compiler (Debian 12's gcc, gcc-aarch64-linux-gnu) gives the same bytes.
 *
 *     npx tsx lib/native/build.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Version of the compiler that made the bytes. */
export const COMPILER_VERSION = '12.2.0';

export const compilers = {
  amd64: { program: 'gcc', flags: ['-fcf-protection=none'] },
  arm64: { program: 'aarch64-linux-gnu-gcc', flags: ['-mno-outline-atomics'] },
} as const;

export type Architecture = keyof typeof compilers;

const ARCHITECTURES = ['amd64', 'arm64'] as const satisfies Architecture[];

export type Program = 'rebuild' | 'probe' | 'sync' | 'relay';

interface NativeProgram {
  source: string;
  constant: string;
  /** Sources that are compiled with it. */
  with?: readonly string[];
  flags?: readonly string[];
  /** Letters of base64 in a line; 96 unless given. */
  width?: number;
}

/** The programs: where their sources stand, and the name of what holds their bytes. */
export const programs: Readonly<Record<Program, NativeProgram>> = {
  rebuild: { source: '../transfer/target/helper/rebuild.c', constant: 'HELPER_BINARIES' },
  probe: { source: '../services/ready/probe/probe.c', constant: 'PROBE_BINARIES' },
  sync: { source: '../live/helper/sync.c', constant: 'SYNC_BINARIES' },
  // Most of what stands beside the cipher is not needed.
  relay: {
    source: '../transfer/target/relay/relay.c',
    constant: 'RELAY_BINARIES',
    with: ['monocypher/monocypher.c'],
    flags: ['-ffunction-sections', '-fdata-sections', '-Wl,--gc-sections'],
    width: 136,
  },
};

const FLAGS = [
  ...['-std=gnu11', '-Os', '-Wall', '-Wextra', '-Werror', '-I.'],
  ...['-ffreestanding', '-fno-builtin', '-fno-tree-loop-distribute-patterns'],
  ...['-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-fno-ident', '-fno-pie'],
  ...['-static', '-no-pie', '-nostdlib', '-nostartfiles', '-s'],
  ...['-Wl,--build-id=none', '-Wl,-z,noseparate-code', '-Wl,-z,norelro', '-Wl,-z,noexecstack'],
];

/** A program for an architecture. Throws what the compiler says where it fails. */
export function compileProgram(name: Program, architecture: Architecture): Buffer {
  const { program, flags } = compilers[architecture];
  const folder = mkdtempSync(join(tmpdir(), 'helper-'));
  const output = join(folder, name);
  try {
    const { source, with: others = [], flags: own = [] } = programs[name];
    const words = [...FLAGS, ...own, ...flags, '-o', output, source, ...others];
    execFileSync(program, words, { cwd: import.meta.dirname });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeBinaries(name: Program): void {
  const { source, constant, width = 96 } = programs[name];
  const lines = ARCHITECTURES.map((architecture) => {
    const pieces =
      compileProgram(name, architecture)
        .toString('base64')
        .match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
    return `  ${architecture}:\n    '${pieces.join("' +\n    '")}',`;
  });
  writeFileSync(
    join(import.meta.dirname, dirname(source), 'binaries.ts'),
    [
      `/** ${basename(source)}, compiled and linked statically for Linux, in base64; made by lib/native/build.ts, and compared by a test. */`,
      `export const ${constant}: Readonly<Record<string, string>> = {`,
      ...lines,
      '};\n',
    ].join('\n'),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeBinaries('rebuild');
  writeBinaries('probe');
  writeBinaries('sync');
  writeBinaries('relay');
}
