import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { readCheckout } from '../../../lib/version/index.js';
import { bed, type BedRegistry } from '../../bed/index.js';
import { attestedOn, type Statement } from '../attestations.js';
import { onEngines, rejection, type Workshop } from './workshop.js';

/** Writes a bill of materials, as a scanner of BuildKit does. */
const SCANNER = `set -e
cat > "$BUILDKIT_SCAN_DESTINATION/found.spdx.json" <<END
{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://spdx.dev/Document",
"predicate":{"name":"$(basename $BUILDKIT_SCAN_SOURCE)","comment":"$BUILDKIT_SCAN_COMMENT"}}
END
`;

const write = (here: Workshop, flags: string) =>
  here.write({
    'docker/app/Dockerfile': 'FROM busybox:latest\nCOPY made /\n',
    'docker/run.cfg': `[app]\nbuild_args = ${flags}\n`,
    made: 'here',
  });

/** Makes a repository of the project, with a remote one. */
async function commit({ root }: Workshop, remote: string): Promise<void> {
  const git = (...words: string[]) => promisify(execFile)('git', words, { cwd: root });
  await git('init', '-q');
  await git('add', '-A');
  await git('-c', 'user.name=ada', '-c', 'user.email=ada@example', 'commit', '-qm', 'first');
  await git('remote', 'add', 'upstream', remote);
}

/** Builds the same with docker buildx. */
async function buildx(here: Workshop, reference: string, ...words: string[]): Promise<string> {
  const argv = ['buildx', 'build', '-t', reference, '-f', 'docker/app/Dockerfile', ...words, '.'];
  const env = { ...process.env, DOCKER_HOST: here.engine.address.url };
  return promisify(execFile)(await bed.dockerCli(), argv, { cwd: here.root, env }).then(
    () => '',
    (error: { stderr: string }) => error.stderr,
  );
}

/** What two builds of the same cannot differ in. */
function essence({ predicateType, predicate }: Statement): unknown {
  const text = JSON.stringify({ predicateType, predicate });
  return sorted(
    JSON.parse(
      text
        .replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"time"')
        .replaceAll(/"(invocationI[dD]|buildInvocationID)":"[^"]*"/g, '"$1":""')
        .replaceAll(/sha256:[0-9a-f]{64}/g, 'digest')
        // Steps that need none of each other have no order.
        .replaceAll(/"step\d+/g, '"step'),
    ),
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const texts = value.map((one) => JSON.stringify(sorted(one))).sort();
    return texts.map((text) => JSON.parse(text) as unknown);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)]));
}

onEngines(['26-containerd', '28-containerd'], 'attestations', (workshop) => {
  let registry: BedRegistry;
  before(async function () {
    this.timeout(600_000);
    registry = await bed.orSkip(this, () => bed.registry({}));
  });
  after(() => registry?.stop());

  it('are made where they are asked for, as docker buildx makes them, and else none', async () => {
    const here = workshop();
    write(here, '');
    const { reference } = await here.build('app');
    expect(await attestedOn(here.docker, reference)).to.deep.equal([]);
    await commit(here, 'https://ada:secret@git.example/team/proj.git');
    for (const flags of ['--provenance=true', '--attest type=provenance,mode=max --provenance=false']) {
      write(here, flags);
      await here.build('app', { checkout: await readCheckout(here.root, process.env) });
      const ours = (await attestedOn(here.docker, reference)).map(essence);
      expect(ours, flags).to.have.length(1);
      const told = JSON.stringify(ours);
      expect(told).to.include('https://git.example/team/proj.git').and.to.not.include('secret');
      expect(told).to.include('"localdir:dockerfile":"docker/app"');
      await buildx(here, reference, ...flags.split(' '));
      const theirs = (await attestedOn(here.docker, reference)).map(essence);
      expect(theirs, flags).to.deep.equal(ours);
    }
  });

  it('have a bill of materials by the scanner that is named', async () => {
    const here = workshop();
    here.write({
      'docker/scanner/Dockerfile': 'FROM busybox:latest\nCOPY scan /\nENTRYPOINT ["sh", "/scan"]\n',
      scan: SCANNER,
    });
    const flags = `--attest type=sbom,generator=${registry.address}/scanner,COMMENT=ours`;
    write(here, flags);
    const scanner = await here.build('scanner');
    await here.docker.getImage(scanner.reference).tag({ repo: `${registry.address}/scanner`, tag: 'latest' });
    const pushed = await here.docker.getImage(`${registry.address}/scanner:latest`).push({ authconfig: {} });
    await new Promise((resolve) => here.docker.modem.followProgress(pushed, resolve));
    const { reference } = await here.build('app');
    const [bill, ...more] = await attestedOn(here.docker, reference);
    expect(more).to.deep.equal([]);
    expect(bill).to.deep.include({ predicateType: 'https://spdx.dev/Document' });
    expect(bill?.predicate).to.include({ name: 'sbom' });
    // Not all engines give a scanner what belongs to it (26 does not).
    await buildx(here, reference, '--provenance=false', ...flags.split(' '));
    expect(await attestedOn(here.docker, reference)).to.deep.equal([bill]);
    await here.docker.getImage(`${registry.address}/scanner:latest`).remove({ force: true });
  });

  it('are refused in the words of BuildKit where it knows no such type', async () => {
    const here = workshop();
    write(here, '--attest type=other');
    const { message } = await rejection(here.build('app'));
    const said = await buildx(here, 'other', '--attest', 'type=other');
    expect(message).to.contain(/failed to solve: (.*)/.exec(said)![1]);
  });

  it('are beside annotations, which are kept where the image has a place for them', async () => {
    const here = workshop();
    write(here, '--annotation index,manifest:a=b --provenance=true --load');
    const { reference } = await here.build('app');
    const archive = await here.docker.getImage(reference).get();
    let text = '';
    for await (const chunk of archive) text += (chunk as Buffer).toString('latin1');
    expect(text.match(/"annotations": \{\s*"a": "b"/g)).to.have.length(2);
  });
});

onEngines(['28-overlay2'], 'attestations', (workshop) => {
  it('are refused where the image store holds none, as docker buildx refuses them', async () => {
    const here = workshop();
    for (const flags of ['--provenance=true', '--sbom=true', '--attest type=provenance,mode=max']) {
      write(here, flags);
      const error = await rejection(here.build('app'));
      expect(error, flags).to.include({ code: 'NEEDS_CONTAINERD_STORE' });
      expect(await buildx(here, 'none', ...flags.split(' '))).to.contain(
        'Attestation is not supported for the docker driver',
      );
    }
    write(here, '--provenance=false --sbom=false');
    await here.build('app');
  });
});
