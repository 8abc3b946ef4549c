import { crc32 } from 'node:zlib';

export interface WheelContents {
  /** Name of the distribution, such as `pytest-cov`. */
  name: string;
  version: string;
  /** As in `Requires-Dist`: `numpy>=1.26`, `colour; extra == "tint"`. */
  requires?: readonly string[];
  extras?: readonly string[];
  /** The text of entry_points.txt. */
  entryPoints?: string;
  /** What goes into site-packages, by path. */
  files: Readonly<Record<string, string | Buffer>>;
}

export interface Wheel {
  /** Normalized as PEP 503 has it: `pytest-cov`. */
  project: string;
  fileName: string;
  bytes: Buffer;
}

/** A wheel of Python modules, as pip takes it (PEP 427). */
export function wheel({
  name,
  version,
  requires = [],
  extras = [],
  entryPoints,
  files,
}: WheelContents): Wheel {
  const project = name.toLowerCase().replace(/[-_.]+/g, '-');
  const stem = `${project.replaceAll('-', '_')}-${version}`;
  const metadata = [
    'Metadata-Version: 2.1',
    `Name: ${name}`,
    `Version: ${version}`,
    ...extras.map((extra) => `Provides-Extra: ${extra}`),
    ...requires.map((requirement) => `Requires-Dist: ${requirement}`),
  ];
  const all: Record<string, string | Buffer> = {
    ...files,
    [`${stem}.dist-info/METADATA`]: `${metadata.join('\n')}\n`,
    [`${stem}.dist-info/WHEEL`]:
      'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ...(entryPoints !== undefined && { [`${stem}.dist-info/entry_points.txt`]: entryPoints }),
  };
  const record = `${stem}.dist-info/RECORD`;
  all[record] = [...Object.keys(all), record].map((path) => `${path},,\n`).join('');
  return { project, fileName: `${stem}-py3-none-any.whl`, bytes: zip(all) };
}

/** Archive of uncompressed files. */
function zip(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const name = Buffer.from(path);
    const data = Buffer.from(content as string);
    // Version, flags, method, time, date: those of 1 January 1980.
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x21, 8);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(name.length, 22);
    local.push(Buffer.from('PK\x03\x04', 'latin1'), shared, name, data);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, place, name);
    offset += 30 + name.length + data.length;
  }
  const entries = Object.keys(files).length;
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(Buffer.concat(central).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, ...central, end]);
}
