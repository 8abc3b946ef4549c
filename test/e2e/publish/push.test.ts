import { expect } from 'chai';
import {
  bed,
  type BedRegistry,
  type Credentials,
  engineNames,
  type RegistryOptions,
} from '../../bed/index.js';
import { cases } from '../../circle.js';
import { type RegistryProxy, registryProxy } from './registry-proxy.js';
import { digestAt, dockerConfig, Workbench } from './workbench.js';

const WHO: Credentials = { username: 'publisher', password: 'pa55-w0rd+/?=' };
const DIGEST = /^sha256:[0-9a-f]{64}$/;

for (const name of cases(engineNames)) {
  describe(`publishing from ${name}`, function () {
    this.timeout(600_000);
    let bench: Workbench;
    before(async function () {
      this.timeout(600_000);
      bench = await Workbench.open(await bed.orSkip(this, () => bed.engine(name)));
    });
    after(() => bench.close());

    describe('to an open registry', () => {
      let registry: BedRegistry;
      let proxy: RegistryProxy;
      before(async () => {
        registry = await bed.registry();
        proxy = await registryProxy(registry);
      });
      afterEach(() => proxy.calm());
      after(async () => {
        await proxy.close();
        await registry.stop();
      });

      it('ends every layer pushed, then already there, then mounted; the digest is the registry’s', async () => {
        const image = await bench.image();
        const at = proxy.address;

        // Engines tell how far they are every so often.
        proxy.slow(2_000_000);
        const fresh = await bench.publish(image, `${at}/one:1`);
        proxy.calm();
        expect(fresh.error).to.equal(undefined);
        expect(fresh.report.notes()).to.deep.equal(['pushed', 'pushed', 'pushed']);
        expect(
          fresh.report.items.some(({ completed, total }) => completed! > 0 && completed! <= total!),
        ).to.equal(true);
        const [{ digest } = { digest: '' }] = fresh.published;
        expect(digest)
          .to.match(DIGEST)
          .and.to.equal(await digestAt(registry.address, 'one', '1'));
        expect(fresh.report.summaries).to.have.length(1);
        expect(fresh.report.summaries[0])
          .to.include(`published ${at}/one:1@${digest}, `)
          .and.to.match(/, [\d.]+MB, in [\d.]+s$/);
        expect(fresh.report.commands).to.deep.equal([
          `docker tag ${image}:made ${at}/one:1`,
          `docker push ${at}/one:1`,
        ]);

        const uploads = proxy.uploads();
        const again = await bench.publish(image, `${at}/one:2`);
        expect(again.report.notes()).to.deep.equal(Array(3).fill('already there'));
        const elsewhere = await bench.publish(image, `${at}/two:1`);
        // containerd's store has been seen to upload one of them all the same: what is said has to be what was done.
        const notes = elsewhere.report.notes();
        const pushed = notes.filter((note) => note === 'pushed').length;
        expect(notes).to.deep.equal(
          notes.map((note) => (name.endsWith('containerd') && note === 'pushed' ? note : 'mounted from one')),
        );
        expect(again.published[0]?.digest).to.equal(digest);
        expect(elsewhere.published[0]?.digest).to.equal(digest);
        // The image's configuration is no layer: it is small, and nobody mounts it.
        expect(proxy.uploads() - uploads).to.be.within(pushed, pushed + 1);
        expect(pushed).to.be.below(3);
      });

      it('is one sentence for an image that is not built, and nothing is asked of the registry', async () => {
        const seen = proxy.seen.length;
        const { error } = await bench.publish('never-built', `${proxy.address}/never`);
        expect(error).to.have.property('code', 'IMAGE_NOT_BUILT');
        expect(error?.message).to.equal('There is no image never-built:made to publish: build it first.');
        expect(proxy.seen.length).to.equal(seen);
      });

      for (const [what, on, answer, says] of [
        ['503 to the start of an upload', /^POST .*\/uploads\//, 503, undefined],
        ['429 to the start of an upload', /^POST .*\/uploads\//, 429, 'slow down'],
        ['502 to the end of an upload', /^PUT .*\/uploads\//, 502, undefined],
        ['503 to the manifest', /^PUT .*\/manifests\//, 503, undefined],
        ['429 to the manifest', /^PUT .*\/manifests\//, 429, 'slow down'],
        ['a connection that is cut before an upload', /^POST .*\/uploads\//, 'cut', undefined],
        [
          'a connection that is cut within a layer',
          /^(PATCH|PUT) .*\/uploads\//,
          'cut in the body',
          undefined,
        ],
        ['503 to the reading back', /^(GET|HEAD) .*\/manifests\//, 503, undefined],
      ] as const) {
        it(`is tried again after ${what}, with what is up left alone`, async () => {
          const image = await bench.image([1_500_000, 700_000]);
          const path = `again-${image}`;
          proxy.disturb({ on, answer, says, times: 2 });
          const { error, published } = await bench.publish(image, `${proxy.address}/${path}:1`);
          expect(error?.message).to.equal(undefined);
          expect(published[0]?.digest).to.equal(await digestAt(registry.address, path, '1'));
          const blobs = proxy.seen
            .filter(
              ({ method, path: at, status }) =>
                method === 'PUT' && at.includes(`/${path}/blobs`) && status === 201,
            )
            .map(({ path: at }) => /digest=([^&]+)/.exec(at)?.[1]);
          // Each blob ended well once, whatever came between; an upload that containerd's store has given up may still do so.
          const twice = blobs.length - new Set(blobs).size;
          expect(twice).to.be.at.most(name.endsWith('containerd') ? 1 : 0);
        });
      }

      it('says each try on the screen, and gives up with the registry’s words', async () => {
        const image = await bench.image([1_000]);
        proxy.disturb({ on: /^PUT .*\/manifests\//, answer: 429, says: 'slow down' });
        const { error, report } = await bench.publish(image, `${proxy.address}/busy:1`, {
          backoff: [100, 200],
        });
        expect(report.lines.filter((line) => /trying again in 0\.[12] s$/.test(line))).to.have.length(2);
        expect(error).to.have.property('code', 'PUSH_FAILED');
        expect(error?.message).to.match(/busy:1 was not published in 3 tries: .*(slow down|429)/i);
        expect(proxy.seen.filter(({ status }) => status === 429).length).to.be.within(3, 30);
      });

      it('is not tried again where the registry forbids it, which is told in its words', async () => {
        const image = await bench.image([1_000]);
        proxy.disturb({
          on: /^POST .*\/uploads\//,
          answer: 403,
          says: 'the quota of the project is used up',
        });
        const { error, report } = await bench.publish(image, `${proxy.address}/full:1`);
        expect(report.lines).to.deep.equal([]);
        // Engine 26 with containerd's store passes on the status alone.
        expect(error?.message).to.match(
          /full:1 was not published: .*(the quota of the project is used up|403 Forbidden)/,
        );
      });

      it('sends no further byte, and no manifest, when it is told to stop', async () => {
        const image = await bench.image([6_000_000]);
        const abort = new AbortController();
        proxy.slow(2_000_000);
        proxy.after(1_000_000, () => abort.abort(new Error('interrupted')));
        const { error } = await bench.publish(image, `${proxy.address}/stopped:1`, { signal: abort.signal });
        expect(error?.message).to.equal('interrupted');
        expect(await digestAt(registry.address, 'stopped', '1')).to.equal(null);
        proxy.calm();
        const manifests = () => proxy.seen.filter(({ path }) => path.includes('/stopped/manifests/')).length;
        const before = manifests();
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        expect(manifests()).to.equal(before);
      });
    });

    const kinds: [string, RegistryOptions][] = [
      ['with a password', { auth: WHO }],
      ['with TLS of a private authority and a password', { auth: WHO, tls: true }],
      ['with tokens', { auth: WHO, scheme: 'token' }],
      ['with TLS and tokens', { auth: WHO, scheme: 'token', tls: true }],
    ];
    for (const [kind, options] of kinds) {
      describe(`to a registry ${kind}`, () => {
        let registry: BedRegistry;
        let image: string;
        before(async () => {
          registry = await bed.registry(options);
          image = await bench.image([10_000]);
        });
        after(() => registry.stop());

        if (options.tls)
          it('is one sentence while the engine does not know the authority', async () => {
            const { error } = await bench.publish(image, `${registry.address}/app:1`);
            expect(error).to.have.property('code', 'PUSH_FAILED');
            expect(error?.message, error?.message)
              .to.match(/x509|certificate/)
              .and.to.include(`certs.d/${registry.address}/ca.crt`);
            expect(error?.message).not.to.include('\n');
          });

        it('works with the credentials of the docker configuration', async () => {
          await registry.trustedBy(bench.bed);
          const config = await dockerConfig({ [registry.address]: WHO });
          try {
            const { credentials } = config;
            const { error, published } = await bench.publish(image, `${registry.address}/app:1`, {
              credentials,
            });
            expect(error?.message).to.equal(undefined);
            expect(published[0]?.digest).to.match(DIGEST);
          } finally {
            await config.remove();
          }
        });

        if (options.scheme === 'token')
          it('works with an identity token', async () => {
            const identitytoken = registry.tokens!.identityToken;
            const credentials = () => Promise.resolve({ identitytoken, serveraddress: registry.address });
            const { error } = await bench.publish(image, `${registry.address}/app:2`, { credentials });
            expect(error?.message).to.equal(undefined);
          });

        for (const [whose, login] of [
          ['without credentials', undefined],
          ['with a wrong password', { ...WHO, password: 'wr0ng-s3cret' }],
        ] as const)
          it(`is one sentence with what to do, at once, ${whose}`, async () => {
            const { error, report } = await bench.publish(image, `${registry.address}/app:3`, {
              credentials: () => Promise.resolve(login && { ...login, serveraddress: registry.address }),
            });
            expect(error).to.have.property('code', 'PUSH_FAILED');
            expect(error?.message, error?.message)
              .to.include(`docker login ${registry.address}`)
              .and.not.include('\n');
            const all = JSON.stringify([error?.message, report]);
            expect(all).not.to.include('wr0ng-s3cret');
          });
      });
    }

    it('is one sentence after the last try where nothing listens', async () => {
      const image = await bench.image([1_000]);
      const { error, report } = await bench.publish(image, 'localhost:9/app:1', { backoff: [50] });
      expect(report.lines).to.have.length(1);
      expect(error?.message).to.match(
        /^localhost:9\/app:1 was not published in 2 tries: .*connection refused/,
      );
    });
  });
}
