/**
 * Compiles rebuild.c for both architectures into binaries.ts. The same compiler (Debian 12's gcc, gcc-aarch64-linux-gnu)
 * gives the same bytes.
 *
 *     npx tsx lib/transfer/target/helper/build.ts
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Version of the compiler that made the bytes in binaries.ts. */
export const COMPILER_VERSION = '12.2.0';

export const compilers = {
  amd64: { program: 'gcc', flags: ['-fcf-protection=none'] },
  arm64: { program: 'aarch64-linux-gnu-gcc', flags: ['-mno-outline-atomics'] },
} as const;

export type Architecture = keyof typeof compilers;

const ARCHITECTURES = ['amd64', 'arm64'] as const satisfies Architecture[];

const FLAGS = [
  ...['-std=gnu11', '-Os', '-Wall', '-Wextra', '-Werror'],
  ...['-ffreestanding', '-fno-builtin', '-fno-tree-loop-distribute-patterns'],
  ...['-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-fno-ident', '-fno-pie'],
  ...['-static', '-no-pie', '-nostdlib', '-nostartfiles', '-s'],
  ...['-Wl,--build-id=none', '-Wl,-z,noseparate-code', '-Wl,-z,norelro', '-Wl,-z,noexecstack'],
];

/** The program for an architecture. Throws what the compiler says where it fails. */
export function compileHelper(architecture: Architecture): Buffer {
  const { program, flags } = compilers[architecture];
  const folder = mkdtempSync(join(tmpdir(), 'helper-'));
  const output = join(folder, 'rebuild');
  try {
    execFileSync(program, [...FLAGS, ...flags, '-o', output, 'rebuild.c'], { cwd: import.meta.dirname });
    return readFileSync(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function main(): void {
  const lines = ARCHITECTURES.map((architecture) => {
    const pieces =
      compileHelper(architecture)
        .toString('base64')
        .match(/.{1,96}/g) ?? [];
    return `  ${architecture}:\n    '${pieces.join("' +\n    '")}',`;
  });
  writeFileSync(
    join(import.meta.dirname, 'binaries.ts'),
    [
      '/** rebuild.c, compiled and linked statically for Linux, in base64; made by build.ts, and compared by a test. */',
      'export const HELPER_BINARIES: Readonly<Record<string, string>> = {',
      ...lines,
      '};\n',
    ].join('\n'),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
