import { isRecord } from '../../../text/record.js';
import type { Converter } from '../converter.js';
import { only } from '../values.js';

export const ports: Converter = (value, to) =>
  to.each(value, (item, target) => {
    if (!isRecord(item)) return target.add('ports', '-p', target.word(item));
    const port = only(item, ['target', 'published', 'host_ip', 'protocol', 'mode', 'name', 'app_protocol']);
    const word = (key: string) => (port[key] === undefined ? '' : target.word(port[key]));
    const address = word('host_ip');
    const host = address === '' ? '' : `${address.includes(':') ? `[${address}]` : address}:`;
    const published = word('published');
    const protocol = word('protocol');
    target.add(
      'ports',
      '-p',
      `${host}${published === '' && host === '' ? '' : `${published}:`}${word('target')}${protocol === '' ? '' : `/${protocol}`}`,
    );
  });
