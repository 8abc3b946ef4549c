import { ValueError } from '../text/flag-error.js';
import { quoted } from '../text/quoted.js';

/** What an image or a container runs on, in the names that Go and the image specification use. */
export interface Platform {
  os: string;
  architecture: string;
  /** Such as `v7`; empty for the usual one. */
  variant: string;
}

const SYSTEMS = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  ),
);
const ARCHITECTURES = new Set(
  (
    '386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 ' +
    'mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm'
  ).split(' '),
);
const HERE: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: '386',
  loong64: 'loong64',
  mipsel: 'mipsle',
};

/**
 * `os/architecture[/variant]`, or one of the first two alone: the other is then this machine's. Spellings such as
 * `x86_64` and `aarch64` become the usual names (containerd's platforms package).
 */
export function readPlatform(text: string): Platform {
  const fail = (why: string) => new ValueError(`error parsing specified platform: ${why}`);
  if (text.includes('*')) throw fail(`${quoted(text)}: wildcards not yet supported`);
  const [first = '', second, third, ...more] = text.split('/', 5);
  const system = /^([\w-]+)(?:\([\w.-]*\))?$/.exec(first)?.[1];
  if (system === undefined) throw fail(`${quoted(first)} is an invalid OS component of ${quoted(text)}`);
  for (const part of [second, third, ...more]) {
    if (part !== undefined && !/^[\w.-]+$/.test(part)) {
      throw fail(`${quoted(part)} is an invalid component of ${quoted(text)}`);
    }
  }
  if (more.length > 0) throw fail(`${quoted(text)}: cannot parse platform specifier`);
  const os = system.toLowerCase() === 'macos' ? 'darwin' : system.toLowerCase();
  if (second !== undefined) return { os, ...readArchitecture(second, third) };
  if (SYSTEMS.has(os)) return { os, architecture: HERE[process.arch] ?? process.arch, variant: '' };
  const known = readArchitecture(first, undefined);
  if (ARCHITECTURES.has(known.architecture)) return { os: 'linux', ...known };
  throw fail(`${quoted(text)}: unknown operating system or architecture`);
}

/** `linux/arm64`, as the API's `platform` parameter takes it. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter((part) => part !== '').join('/');
}

function readArchitecture(text: string, givenVariant: string | undefined): Omit<Platform, 'os'> {
  const name = text.toLowerCase();
  const variant = givenVariant?.toLowerCase() ?? '';
  switch (name) {
    case 'i386':
      return { architecture: '386', variant: '' };
    case 'amd64':
    case 'x86_64':
    case 'x86-64':
      return { architecture: 'amd64', variant: variant === 'v1' ? '' : variant };
    case 'arm64':
    case 'aarch64':
      return { architecture: 'arm64', variant: arm64Variant(variant, givenVariant !== undefined) };
    case 'armhf':
      return { architecture: 'arm', variant: givenVariant === undefined ? '' : 'v7' };
    case 'armel':
      return { architecture: 'arm', variant: 'v6' };
    case 'arm':
      return { architecture: 'arm', variant: armVariant(variant, givenVariant !== undefined) };
    default:
      return { architecture: name, variant };
  }
}

function arm64Variant(variant: string, given: boolean): string {
  if (/^(|8|v8|v8\.0)$/.test(variant)) return given ? 'v8' : '';
  return /^(9|9\.0|v9\.0)$/.test(variant) ? 'v9' : variant;
}

function armVariant(variant: string, given: boolean): string {
  if (!given) return '';
  return /^[5678]$/.test(variant) ? `v${variant}` : variant;
}
