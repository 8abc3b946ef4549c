import { randomBytes } from 'node:crypto';
import type { Blob } from '../../oci/blob.js';
import { type Digest, digestOf, isDigest } from '../../oci/digest.js';
import type { Ctr } from './ctr.js';

/** The files of images that containerd keeps, by their digests. */
export interface ContentStore {
  /** The words of `ctr` there, with the namespace. */
  readonly command: readonly string[];
  /** Which of some files are there. From now on `holder` keeps them from being collected, those too that are yet to come. */
  hold(holder: string, digests: readonly Digest[]): Promise<ReadonlySet<Digest>>;
  /** Ends what a holder holds, or what those hold for whom this returns true. */
  release(meant: string | ((holder: string) => boolean)): Promise<void>;
  /** The content of those of some small files that are there. */
  read(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, Buffer>>;
  /**
   * Takes a file, which is there afterwards with the right digest or not at all, and is held by a holder that holds
   * something already.
   *
   * @param archived gzip of a tar entry that holds it, with a header of one block
   * @throws {CtrFailure}, and what the connection or the bytes fail with
   */
  ingest(
    holder: string,
    blob: Blob,
    archived: AsyncIterable<Buffer>,
    options: { signal: AbortSignal },
  ): Promise<void>;
  /**
   * Takes an image whose layers are there, by another name first: `name` is given to it when all of it is there and
   * unpacked, and moves then at once from what had it before.
   *
   * @throws {CtrFailure}, and what the connection fails with: `name` is where it was
   */
  importImage(image: ImageArchive, options: { signal: AbortSignal }): Promise<void>;
}

/** An image without its layers. */
export interface ImageArchive {
  /** Archives of the same, by the name that it has at first, and by the name that it gets. */
  first: Buffer;
  last: Buffer;
  /** As containerd writes it. */
  firstName: string;
  /** Its layers. */
  layers: readonly Digest[];
  /** `os/architecture`, where the node's own is not meant. */
  platform?: string;
}

/** Label of the files by which transfers hold others; its value is the holder. */
const HOLDER = 'gulp-dockerutils.transfer';

/** containerd collects no file that has this label, nor any that a label of the other name in it refers to. */
const ROOT = 'containerd.io/gc.root';
const REFERS_TO = 'containerd.io/gc.ref.content';

/**
 * The file by which a transfer holds others is small and its own. Without a lease, a file could be collected between its
 * coming and its label: so the labels that refer to others are set before those come, and this one is asked for again.
 */
const HOLD = `
text=$1 key=$2 digest=$3 count=$4; shift 4
labels=
while [ $count -gt 0 ]; do labels="$labels $1"; shift; count=$((count - 1)); done
if ! "$@" content label $digest $labels >/dev/null 2>&1; then
  printf '%s\n' "$text" | "$@" content ingest --expected-digest $digest "$key" >&2 || exit 1
  "$@" content label $digest $labels >&2 || exit 1
fi
"$@" content ls -q
`;

/**
 * A file that containerd has in another namespace is taken from there, by a standard input that can be sought in; else it
 * is the bytes that come. All that comes is read, since whoever sends it waits for that. What has come of a file that did not come whole would stay for a day, on a disk maybe that is
 * full by it: it is ended as a file of its own, which nobody holds, and collected.
 */
const INGEST = `
hold=$1 label=$2 digest=$3 size=$4 key=$5; shift 5
take() { "$@" content ingest --expected-digest $digest --expected-size $size "$key" 2>&1 >/dev/null; }
"$@" content label $hold $label >/dev/null || exit 1
rest() { cat >/dev/null; }
said=$(gzip -dc 2>/dev/null | tail -c +513 2>/dev/null | head -c $size | take "$@") && rest && exit
case $said in *' to offset '*) said=$(take "$@" </etc/passwd) && rest && exit ;; esac
echo "$said" >&2
"$@" content ingest "$key" </etc/passwd >/dev/null 2>&1
"$@" images rm --sync gulp-dockerutils-transfer:none >/dev/null 2>&1
exit 1
`;

const READ = `
mark=$1 count=$2; shift 2
digests=
while [ $count -gt 0 ]; do digests="$digests $1"; shift; count=$((count - 1)); done
for digest in $digests; do
  echo "$mark $digest"
  "$@" content get $digest 2>/dev/null
  echo
done
`;

const LIST = '"$@" content ls';

const REMOVE = `
digests=$1; shift
for digest in $digests; do "$@" content rm $digest >/dev/null 2>&1; done
:
`;

const IMPORT = `
platform=$1 name=$2 count=$3; shift 3
layers=
while [ $count -gt 0 ]; do layers="$layers $1"; shift; count=$((count - 1)); done
there=$("$@" content ls -q) || exit 1
for layer in $layers; do
  case $there in *$layer*) ;; *) echo "the layer $layer is not found any more" >&2; exit 1 ;; esac
done
"$@" images import \${platform:+--platform "$platform"} - >&2 || exit 1
"$@" images check "name==$name" | grep -q ' complete (' && exit
echo 'it took the image without an error, but does not have all of it' >&2
exit 1
`;

const NAME = `
platform=$1 name=$2; shift 2
"$@" images import \${platform:+--platform "$platform"} - >&2 && "$@" images rm "$name" >&2
`;

/** The files that containerd on a node keeps. */
export function contentStore(ctr: Ctr): ContentStore {
  const documents = new Map<Digest, Buffer>();
  return {
    command: ctr.argv,
    async hold(holder, digests) {
      const { text, digest } = holdOf(holder);
      const labels = [`${ROOT}=${new Date().toISOString()}`, `${HOLDER}=${holder}`, ...digests.map(holding)];
      const output = await ctr.script(HOLD, [text, newKey(), digest, String(labels.length), ...labels]);
      return new Set(output.toString().split('\n').filter(isDigest));
    },
    async release(meant) {
      if (typeof meant === 'string') return void (await ctr.script(REMOVE, [holdOf(meant).digest]));
      const listed = (await ctr.script(LIST, [])).toString().split('\n');
      const digests = listed.flatMap((line) => {
        const [, digest] = /^(\S[^\s:]*:\S+)\s/.exec(line) ?? [];
        const [, holder] = new RegExp(`[\\s,]${HOLDER}=([^,\\s]*)`).exec(line) ?? [];
        return digest !== undefined && holder !== undefined && meant(holder) ? [digest] : [];
      });
      if (digests.length > 0) await ctr.script(REMOVE, [digests.join(' ')]);
    },
    async read(digests) {
      const unknown = digests.filter((digest) => !documents.has(digest));
      if (unknown.length > 0) {
        const mark = randomBytes(12).toString('hex');
        const output = await ctr.script(READ, [mark, String(unknown.length), ...unknown]);
        for (const [digest, content] of filesIn(output, mark)) documents.set(digest, content);
      }
      return new Map(
        digests.flatMap((digest) => {
          const content = documents.get(digest);
          return content ? [[digest, content] as const] : [];
        }),
      );
    },
    async ingest(holder, { digest, size }, archived, { signal }) {
      const words = [holdOf(holder).digest, holding(digest), digest, String(size), newKey()];
      await ctr.script(INGEST, words, { input: archived, signal });
    },
    async importImage({ first, last, firstName, layers, platform = '' }, { signal }) {
      const words = [platform, firstName, String(layers.length), ...layers];
      await ctr.script(IMPORT, words, { input: [first], signal });
      await ctr.script(NAME, [platform, firstName], { input: [last], signal });
    },
  };
}

/** Names one write: containerd goes on with one of the same name where it broke off, but not from a pipe. */
function newKey(): string {
  return `gulp-dockerutils-${randomBytes(8).toString('hex')}`;
}

/** The file that a holder holds others by. */
function holdOf(holder: string): { text: string; digest: Digest } {
  const text = `held by ${holder}`;
  return { text, digest: digestOf(`${text}\n`) };
}

/** The label by which it holds one. */
function holding(digest: Digest): string {
  return `${REFERS_TO}.${digest.replace(/\W/g, '-')}=${digest}`;
}

/** The files in the output of {@link READ} that are what their digests say. */
function filesIn(output: Buffer, mark: string): [Digest, Buffer][] {
  const parts = output.toString('latin1').split(`${mark} `).slice(1);
  return parts.flatMap((part): [Digest, Buffer][] => {
    const end = part.indexOf('\n');
    const digest = part.slice(0, end);
    const content = Buffer.from(part.slice(end + 1, -1), 'latin1');
    return isDigest(digest) && digestOf(content) === digest ? [[digest, content]] : [];
  });
}
