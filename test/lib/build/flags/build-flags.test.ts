import { resolve } from 'node:path';
import { expect } from 'chai';
import { parseBuildFlags, toBuildQuery } from '../../../../lib/build/flags/index.js';
import { FlagError } from '../../../../lib/text/flag-error.js';

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
      tags: [],
      platforms: [],
      noCache: false,
      noCacheFilter: [],
      entitlements: [],
      annotations: {},
      attestations: {},
      pull: false,
      quiet: false,
      buildArgs: {},
      labels: {},
      contexts: {},
      secrets: new Map(),
      ssh: new Map(),
      cacheFrom: [],
      cacheTo: [],
      extraHosts: [],
      ulimits: [],
      classic: {},
    });
    expect(toBuildQuery(read())).to.deep.equal({});
  });

  it('passes on what buildx takes beyond docker build: entitlement, stages without cache, the epoch', () => {
    const words = ['--allow', 'network.host', '--no-cache-filter', 'a,b', '--no-cache-filter', 'c'];
    const flags = parseBuildFlags(words, { environment: { SOURCE_DATE_EPOCH: '7' } });
    expect(flags).to.deep.include({ entitlements: ['network.host'], noCacheFilter: ['a,b', 'c'] });
    expect(flags.buildArgs).to.deep.equal({ SOURCE_DATE_EPOCH: '7' });
    const refused = ['--allow x', '--no-cache --no-cache-filter a'];
    for (const line of refused)
      expect(() => parseBuildFlags(line.split(' '), { environment: {} }), line).to.throw(
        /--allow|--no-cache/,
      );
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
      a: { file: resolve('/project/keys/a') },
      b: { env: 'HERE' },
      TOKEN: { env: 'TOKEN' },
      file: { file: resolve('/project/file') },
      c: { env: 'HERE' },
      d: { file: resolve('/etc/d') },
      TOKEN2: { env: 'TOKEN2' },
    });
    expect(refusal('--secret=src=x')).to.include('secret missing ID');
    expect(refusal('--secret=id=x,foo=y')).to.include("unexpected key 'foo'");
    expect(refusal('--secret=id=x,type=y')).to.include('unsupported secret type');
  });

  it('knows agents and keys', () => {
    const { ssh } = read('--ssh', 'default', '--ssh=git=keys/a,/keys/b');
    expect(Object.fromEntries(ssh)).to.deep.equal({
      default: [],
      git: [resolve('/project/keys/a'), resolve('/keys/b')],
    });
  });

  it('takes caches of images and registries, and keeps them there', () => {
    const { cacheFrom, cacheTo } = read(
      ...['--cache-from', 'app:cache', '--cache-from=type=registry,ref=reg.io/app:c'],
      ...['--cache-to=type=inline', '--cache-to=type=registry,ref=reg.io/app:c,mode=max', '--cache-to=app:c'],
    );
    expect(cacheFrom).to.deep.equal([
      { type: 'registry', attributes: { ref: 'app:cache' } },
      { type: 'registry', attributes: { ref: 'reg.io/app:c' } },
    ]);
    expect(cacheTo).to.deep.equal([
      { type: 'inline', attributes: {} },
      { type: 'registry', attributes: { ref: 'reg.io/app:c', mode: 'max' } },
      { type: 'registry', attributes: { ref: 'app:c' } },
    ]);
    expect(read('--build-arg', 'BUILDKIT_INLINE_CACHE=1').cacheTo).to.deep.equal([
      { type: 'inline', attributes: {} },
    ]);
    expect(refusal('--cache-from=type=gha')).to.include('cache of type gha');
    expect(refusal('--cache-to=type=s3,bucket=b')).to.include('cache of type s3');
    expect(refusal('--cache-to=type=registry')).to.include('ref=');
  });

  it('knows what names stand for', () => {
    const { contexts } = read(
      ...['--build-context', 'base=docker-image://app:1', '--build-context=docker.io/library/x:latest=../x'],
      '--build-context=code=https://example.com/code.git#main',
    );
    expect(contexts).to.deep.equal({
      base: 'docker-image://app:1',
      x: resolve('/x'),
      code: 'https://example.com/code.git#main',
    });
    expect(refusal('--build-context=a')).to.include('expected key=value');
    expect(refusal('--build-context=A=b')).to.include('lowercase');
    expect(refusal('--build-context=a=oci-layout://b')).to.include('docker-image://');
  });

  it('knows several platforms, each once', () => {
    const { platforms } = read('--platform=linux/amd64,LINUX/arm64', '--platform', 'linux/arm64');
    expect(platforms).to.deep.equal(['linux/amd64', 'linux/arm64']);
    expect(
      parseBuildFlags([], { environment: { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' } }).platforms,
    ).to.deep.equal(['linux/arm64']);
    expect(refusal('--platform=linux/amd64,nothing')).to.include('nothing');
  });

  it('refuses what an engine cannot be asked for, and says what to do', () => {
    const flags = ['--squash', '--push', '--call=check', '-D', '--builder=b', '--annotation=a=b'];
    for (const flag of flags) expect(refusal(flag), flag).to.match(/^--[a-z-]+ is not supported: /);
    expect(
      read('--squash=false', '--sbom=false', '--provenance=false', '--load', '-o', 'type=docker'),
    ).to.deep.equal(read());
    expect(refusal('--progress=loud')).to.include('invalid progress mode');
  });

  it('writes what is built to this machine, into one place', () => {
    const exported = (...words: string[]) => parseBuildFlags(words, { directory: '/project' }).export;
    expect(exported('-o', 'out')).to.eql({ type: 'local', path: resolve('/project/out'), attributes: {} });
    expect(exported('--output', 'type=tar,"dest=/a,b"')).to.eql({
      type: 'tar',
      path: resolve('/a,b'),
      attributes: {},
    });
    expect(exported('-o', 'type=image')).to.equal(undefined);
    expect(refusal('-o', 'out', '--load')).to.contain('one result at a time');
    expect(refusal('-o', 'out', '-o', 'type=tar,dest=x')).to.contain('one result at a time');
    expect(refusal('-o', '-')).to.contain('standard output');
    expect(refusal('-o', 'type=registry')).to.contain('output of type registry');
    expect(refusal('-o', 'type=docker,dest=x.tar')).to.contain('output of type docker');
    expect(refusal('-o', 'type=local,dest=x,mode=delete')).to.contain('mode=');
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
