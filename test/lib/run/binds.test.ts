import { resolve } from 'node:path';
import { expect } from 'chai';
import { type Bind, type PlaceOfBind, replaceBinds } from '../../../lib/run/binds.js';
import { onPlatform } from '../../platform.js';

const words = (line: string) => line.split(' ').map((text) => ({ text }));
const inProject = ({ source }: Bind) => {
  if (source.endsWith('.ini')) return 'nothing';
  return source.startsWith(resolve('/project')) ? { volume: 'vol' } : undefined;
};

describe('binds in docker run flags', () => {
  for (const [given, expected] of [
    ['-v /project:/app', '-v vol:/app:nocopy'],
    ['-v /project:/app:ro,z', '-v vol:/app:nocopy,ro'],
    ['-v ./src:/app', '-v vol:/app:nocopy'],
    ['-v/project:/app', '-vvol:/app:nocopy'],
    ['--volume=/project:/app:rw', '--volume=vol:/app:nocopy'],
    ['-itv /project:/app --rm', '-itv vol:/app:nocopy --rm'],
    [
      '--mount type=bind,src=/project,dst=/app,readonly',
      '--mount type=volume,src=vol,dst=/app,volume-nocopy,readonly',
    ],
    ['--mount=type=bind,source=/project,target=/app', '--mount=type=volume,src=vol,dst=/app,volume-nocopy'],
    ['--mount type=bind,src=/project,"dst=/a,b"', '--mount type=volume,src=vol,"dst=/a,b",volume-nocopy'],
    ['-v /etc:/app -v name:/there -v /anonymous', '-v /etc:/app -v name:/there -v /anonymous'],
    ['--label -v /project:/app', '--label -v /project:/app'],
    ['--rm -v /x.ini:/y --init', '--rm --init'],
    ['-itv /x.ini:/y', '-it'],
    ['-itv/x.ini:/y', '-it'],
    ['--volume=/x.ini:/y --rm', '--rm'],
    ['-v=/x.ini:/y --rm', '--rm'],
    ['--mount type=bind,src=/x.ini,dst=/y --rm', '--rm'],
  ] as const) {
    it(`${given} become ${expected}`, () => {
      // Behind a flag that takes the next word, an operand ends the flags.
      const { flags } = replaceBinds(words(given), inProject, { directory: '/project' });
      expect(flags.map(({ text }) => text).join(' ')).to.equal(expected);
    });
  }

  it('are of this machine on Windows, too, wherever the engine is', () =>
    onPlatform('win32', () => {
      const flags = words('-v C:\\work:/app -v C:\\work\\run.ini:/app/run.ini:ro -v D:\\other:/other');
      const places: Record<string, ReturnType<PlaceOfBind>> = {
        '/app': { volume: 'vol' },
        '/app/run.ini': 'nothing',
      };
      const { flags: left } = replaceBinds(flags, ({ target }) => places[target], { directory: '/' });
      expect(left.map(({ text }) => text).join(' ')).to.equal('-v vol:/app:nocopy -v D:\\other:/other');
    }));

  it('are told', () => {
    const { replaced } = replaceBinds(words('-v ./src:/app:ro -v /etc:/x'), inProject, {
      directory: '/project',
    });
    expect(replaced).to.deep.equal([{ source: resolve('/project/src'), target: '/app', readOnly: true }]);
  });

  it('stay where nothing is said of them', () => {
    const flags = words('-v /project:/app');
    expect(replaceBinds(flags, undefined, { directory: '/' })).to.deep.equal({ flags, replaced: [] });
  });
});
