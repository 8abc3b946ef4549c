import { isRecord } from '../../../text/record.js';
import type { Converter } from '../converter.js';
import { NotCarried } from '../not-carried.js';
import type { Target } from '../target.js';
import { isTrue, only, scalar } from '../values.js';

export const volumes: Converter = (value, to) =>
  to.each(value, (item, target) => {
    if (isRecord(item)) return longForm(item, target);
    const word = target.word(item);
    const [source = '', ...rest] = word.split(':');
    if (rest.length === 0) target.add('volumes', '-v', word);
    else target.add('volumes', '-v', [sourceOf(source, target), ...rest].join(':'));
  });

/** A source that is no path is the name of a volume. */
function sourceOf(source: string, target: Target): string {
  return /^[./~$]/.test(source) ? target.hostPath(source) : volumeName(source, target);
}

/** What compose calls a volume on the engine: what is in it stays the same. */
function volumeName(name: string, target: Target): string {
  const { project } = target.conversion;
  const volume = target.definition('volumes', name);
  if (!volume) return `${project}_${name}`;
  for (const key of ['driver', 'driver_opts', 'labels'])
    if (volume[key] !== undefined)
      target.conversion.tell(['volumes', name, key], 'is not carried over: docker volume create makes it so');
  const external = isTrue(volume.external);
  if (volume.name !== undefined) return target.word(volume.name);
  return external ? name : `${project}_${name}`;
}

const SHORT = ['type', 'source', 'target', 'read_only', 'consistency', 'bind', 'volume', 'tmpfs', 'image'];

function longForm(item: Record<string, unknown>, target: Target): void {
  const mount = only(item, SHORT);
  const type = scalar(mount.type);
  const inside = target.word(mount.target);
  switch (type) {
    case 'bind':
    case 'volume':
      return bindOrVolume(mount, inside, target);
    case 'tmpfs':
      return target.add('volumes', '--mount', tmpfs(mount.tmpfs, inside));
    case 'image':
      return target.add(
        'volumes',
        '--mount',
        `type=image,source=${target.word(mount.source)},target=${inside}`,
      );
    default:
      throw new NotCarried(`is of type ${type}, which has no counterpart`);
  }
}

function bindOrVolume(mount: Record<string, unknown>, inside: string, target: Target): void {
  const bind = only(mount.bind ?? {}, ['propagation', 'create_host_path', 'selinux']);
  const volume = only(mount.volume ?? {}, ['nocopy', 'subpath']);
  const source =
    mount.source === undefined
      ? ''
      : mount.type === 'bind'
        ? target.hostPath(target.word(mount.source))
        : volumeName(target.word(mount.source), target);
  const isReadOnly = isTrue(mount.read_only);
  if (volume.subpath !== undefined) {
    const subpath = `volume-subpath=${target.word(volume.subpath)}`;
    const parts = ['type=volume', `source=${source}`, `target=${inside}`, subpath];
    target.add('volumes', '--mount', [...parts, ...(isReadOnly ? ['readonly'] : [])].join(','));
    return;
  }
  const options = [
    ...(isReadOnly ? ['ro'] : []),
    ...(bind.propagation === undefined ? [] : [scalar(bind.propagation)]),
    ...(bind.selinux === undefined ? [] : [scalar(bind.selinux)]),
    ...(isTrue(volume.nocopy) ? ['nocopy'] : []),
  ];
  const parts = [source, inside, options.join(',')].filter((part) => part !== '');
  target.add('volumes', '-v', parts.join(':'));
}

function tmpfs(value: unknown, inside: string): string {
  const { size, mode } = only(value ?? {}, ['size', 'mode']);
  const parts = [`type=tmpfs`, `target=${inside}`];
  if (size !== undefined) parts.push(`tmpfs-size=${scalar(size)}`);
  if (mode !== undefined) parts.push(`tmpfs-mode=${Number(scalar(mode)).toString(8)}`);
  return parts.join(',');
}
