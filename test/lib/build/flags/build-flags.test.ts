import { expect } from 'chai';
import { parseBuildFlags } from '../../../../lib/build/flags/index.js';
import { FlagError } from '../../../../lib/flags/flag-error.js';

const options = { directory: '/project', environment: { TOKEN: 't', HERE: 'h' } };
const read = (...words: string[]) => parseBuildFlags(words, options);

function refusal(...words: string[]): string {
  try {
    read(...words);
  } catch (error) {
    if (error instanceof FlagError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('parseBuildFlags', () => {
  it('says nothing where nothing is said', () => {
    expect(read()).to.deep.equal({
      query: {},
      tags: [],
      noCache: false,
      pull: false,
      quiet: false,
      buildArgs: {},
      labels: {},
      secrets: new Map(),
      ssh: new Map(),
      inlineCache: false,
    });
  });

  it('knows where each secret comes from', () => {
    const { secrets } = read(
      ...[
        '--secret',
        'id=a,src=keys/a',
        '--secret',
        'id=b,env=HERE',
        '--secret=id=TOKEN',
        '--secret=id=file',
      ],
      ...[
        '--secret=type=env,id=c,src=HERE',
        '--secret=type=file,id=d,source=/etc/d',
        '--secret=type=env,id=TOKEN2',
      ],
    );
    expect(Object.fromEntries(secrets)).to.deep.equal({
      a: { file: '/project/keys/a' },
      b: { env: 'HERE' },
      TOKEN: { env: 'TOKEN' },
      file: { file: '/project/file' },
      c: { env: 'HERE' },
      d: { file: '/etc/d' },
      TOKEN2: { env: 'TOKEN2' },
    });
    expect(refusal('--secret=src=x')).to.include('secret missing ID');
    expect(refusal('--secret=id=x,foo=y')).to.include("unexpected key 'foo'");
    expect(refusal('--secret=id=x,type=y')).to.include('unsupported secret type');
  });

  it('knows agents and keys', () => {
    const { ssh } = read('--ssh', 'default', '--ssh=git=keys/a,/keys/b');
    expect(Object.fromEntries(ssh)).to.deep.equal({ default: [], git: ['/project/keys/a', '/keys/b'] });
  });

  it('takes caches of images, and keeps one in the image', () => {
    const { query, inlineCache, buildArgs } = read(
      ...[
        '--cache-from',
        'app:cache',
        '--cache-from=type=registry,ref=reg.io/app:c',
        '--cache-to=type=inline',
      ],
    );
    expect(JSON.parse(query.cachefrom as string)).to.deep.equal(['app:cache', 'reg.io/app:c']);
    expect(inlineCache).to.equal(true);
    expect(buildArgs).to.deep.equal({ BUILDKIT_INLINE_CACHE: '1' });
    expect(refusal('--cache-from=type=local,src=x')).to.include('from a registry alone');
    expect(refusal('--cache-to=type=registry,ref=x')).to.include('type=inline');
  });

  it('refuses what an engine cannot be asked for, and says what to do', () => {
    const flags = [
      '--squash',
      '--push',
      '--build-context=a=b',
      '--output=out',
      '-o',
      '--sbom=true',
      '--attest=x',
      '--builder=b',
    ];
    for (const flag of flags) {
      const words = flag === '-o' ? ['-o', 'type=local,dest=x'] : [flag];
      expect(refusal(...words), flag).to.match(/^--[a-z-]+ is not supported: /);
    }
    expect(
      read('--squash=false', '--sbom=false', '--provenance=false', '--load', '-o', 'type=docker').query,
    ).to.deep.equal({});
    expect(refusal('--platform=linux/amd64,linux/arm64')).to.include('one platform at a time');
    expect(refusal('--progress=loud')).to.include('invalid progress mode');
  });

  it('names the line of run.cfg', () => {
    const word = { text: '--memory=x', origin: { file: 'docker/run.cfg', line: 7 } };
    expect(() => parseBuildFlags([word])).to.throw(FlagError, /^docker\/run\.cfg:7: invalid argument "x"/);
    expect(() => parseBuildFlags([{ ...word, text: '.' }])).to.throw(
      FlagError,
      /^docker\/run\.cfg:7: "\." is no flag/,
    );
  });
});
