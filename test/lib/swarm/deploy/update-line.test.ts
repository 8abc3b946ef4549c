import { expect } from 'chai';
import { updateFlags } from '../../../../lib/swarm/deploy/update-line.js';
import { parseServiceLine } from '../../../../lib/swarm/flags/index.js';

/** What the docker CLI is told to make the second of the first; that it does so, test/e2e/swarm has it tried. */
function change(before: string[], now: string[]): string[] {
  const stored = JSON.parse(JSON.stringify(parseServiceLine([...before, 'img']).spec)) as Record<
    string,
    unknown
  >;
  const wanted = parseServiceLine([...now, 'img']).spec;
  return updateFlags({ stored, wanted, words: [...now, 'img'], network: (name) => name });
}

describe('docker service update', () => {
  it('says nothing of what stays', () => {
    const words = ['--replicas=2', '--env=A=1', '--limit-memory=64m', '--network=inner'];
    expect(change(words, words)).to.deep.equal([]);
  });

  it('sets what is another, and what is no longer said to what it is without it', () => {
    expect(change(['--replicas=2', '--user=1000', '--limit-cpu=1'], ['--replicas=3'])).to.deep.equal([
      ...['--user=', '--limit-cpu=0', '--replicas=3'],
    ]);
    expect(
      change(
        ['--endpoint-mode=dnsrr', '--update-order=start-first', '--update-delay=1s'],
        ['--update-delay=1s'],
      ),
    ).to.deep.equal(['--endpoint-mode=vip', '--update-order=stop-first']);
    expect(change(['--health-cmd=true'], ['--no-healthcheck=true'])).to.deep.equal(['--no-healthcheck=true']);
    expect(change(['--cap-add=SYS_TIME'], ['--cap-add=SYS_NICE'])).to.deep.equal([
      ...['--cap-add=RESET', '--cap-add=SYS_NICE'],
    ]);
  });

  it('adds and removes entries of lists by what they are known by', () => {
    expect(change(['--env=A=1', '--env=B=2'], ['--env=A=2', '--env=C'])).to.deep.equal([
      ...['--env-rm', 'B', '--env-add=A=2', '--env-add=C'],
    ]);
    const volume = (name: string, target: string) => `--mount=type=volume,source=${name},target=${target}`;
    expect(change([volume('a', '/a'), volume('b', '/b')], [volume('c', '/a')])).to.deep.equal([
      ...['--mount-rm', '/b', '--mount-add=type=volume,source=c,target=/a'],
    ]);
    expect(
      change(['--constraint=a==1', '--constraint=b==1'], ['--constraint=b==1', '--constraint=c==1']),
    ).to.deep.equal([...['--constraint-rm', 'a==1', '--constraint-add=c==1']]);
    expect(change(['--network=one'], ['--network=two'])).to.deep.equal([
      '--network-rm=one',
      '--network-add=two',
    ]);
    expect(change(['--secret=key'], [])).to.deep.equal(['--secret-rm', 'key']);
    expect(change(['--publish=published=80,target=80,mode=host'], [])).to.deep.equal([
      ...['--publish-rm', 'target=80,protocol=tcp,mode=host'],
    ]);
  });

  it('shows no variable of a file', () => {
    const stored = parseServiceLine(['img']).spec;
    const wanted = parseServiceLine(['--env=A=1', '--env=FROM_FILE=hush', 'img']).spec;
    const words = ['--env=A=1', '--env-file=x', 'img'];
    expect(updateFlags({ stored: { ...stored }, wanted, words, network: () => undefined })).to.deep.equal([
      ...['--env-add=A=1', '--env-add=FROM_FILE=***'],
    ]);
  });
});
