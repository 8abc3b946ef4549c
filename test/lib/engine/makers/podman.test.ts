import { expect } from 'chai';
import { EngineRefusal } from '../../../../lib/engine/client/errors.js';
import { resolveEngineAddress } from '../../../../lib/engine/connect/address.js';
import { makerOf } from '../../../../lib/engine/makers/index.js';
import type { DeviceRequest } from '../../../../lib/flags/container/device-request.js';
import type { Ulimit } from '../../../../lib/flags/ulimit.js';

describe('what is different with podman', () => {
  const podman = makerOf({ maker: 'podman' });
  const address = resolveEngineAddress({ host: 'unix:///x', env: {} });
  const refusal = (status: number, sentence: string) =>
    new EngineRefusal(address, 'POST /x', status, sentence);

  it('takes off its names what a short name leaves out', () => {
    expect(
      ['docker.io/library/app:1', 'localhost/app:1', 'localhost/team/app:1', 'registry:5000/app:1'].map(
        podman.familiarName,
      ),
    ).to.deep.equal(['app:1', 'app:1', 'localhost/team/app:1', 'registry:5000/app:1']);
  });

  it('knows the name by which it hides an image', () => {
    expect(podman.hidingNames('app:1')).to.deep.equal(['localhost/app:1']);
    expect(podman.hidingNames('registry:5000/app:1')).to.deep.equal([]);
  });

  it('knows a name in use by the sentence, since the status says nothing', () => {
    const inUse =
      'creating container storage: the container name "y" is already in use by 28: that name is already in use';
    expect(podman.isNameTaken(refusal(500, inUse))).to.equal(true);
    expect(podman.isNameTaken(refusal(500, 'network name x already used: network already exists'))).to.equal(
      true,
    );
    expect(podman.isNameTaken(refusal(500, 'no space left on device'))).to.equal(false);
  });

  it('knows a container that can be removed in a moment: another holds it, or it ends by itself', () => {
    const held =
      'container 1 has dependent containers which must be removed before it: 2: container already exists';
    const ending =
      'cannot remove container 1 as it could not be stopped: sending SIGKILL to container 1: container state improper: stopped';
    for (const sentence of [held, ending])
      expect(podman.isRemovableLater(refusal(500, sentence))).to.equal(true);
    expect(podman.isRemovableLater(refusal(500, 'no space left on device'))).to.equal(false);
  });

  describe('GPUs', () => {
    const gpus: DeviceRequest = {
      Driver: '',
      Count: -1,
      DeviceIDs: null,
      Capabilities: [['gpu']],
      Options: {},
    };
    const devices = (
      HostConfig: { Runtime?: string; DeviceRequests: DeviceRequest[] | null },
      version = '5.8.6',
    ) =>
      podman
        .containerBody({ HostConfig }, version)
        .HostConfig.DeviceRequests?.flatMap(({ DeviceIDs }) => DeviceIDs);

    it('are asked for by the names of the Container Device Interface', () => {
      expect(devices({ DeviceRequests: [gpus] })).to.deep.equal(['nvidia.com/gpu=all']);
      expect(devices({ DeviceRequests: [{ ...gpus, Count: 2 }] })).to.deep.equal([
        'nvidia.com/gpu=0',
        'nvidia.com/gpu=1',
      ]);
      expect(devices({ DeviceRequests: [{ ...gpus, DeviceIDs: ['3'] }] })).to.deep.equal([
        'nvidia.com/gpu=3',
      ]);
      expect(devices({ Runtime: 'nvidia', DeviceRequests: null })).to.deep.equal(['nvidia.com/gpu=all']);
      expect(devices({ DeviceRequests: null })).to.equal(undefined);
    });

    it('are refused where podman would leave them out without a word', () => {
      expect(() => devices({ DeviceRequests: [gpus] }, '4.3.1')).to.throw(
        'podman 4.3.1 gives no GPU by its API',
      );
      expect(() => devices({ Runtime: 'kata', DeviceRequests: null })).to.throw('--runtime=kata');
    });
  });

  it('is told of the images that stand for names in the form that its version takes', () => {
    const images = { base: 'app-base:ada' };
    expect(podman.builder?.namedImages(images, '5.4.2')).to.deep.equal({
      additionalbuildcontexts: '{"base":{"IsImage":true,"Value":"docker.io/library/app-base:ada"}}',
    });
    expect(podman.builder?.namedImages(images, '5.8.6')).to.deep.equal({
      additionalbuildcontexts: ['base=image:docker.io/library/app-base:ada'],
    });
  });

  it('reads what is asked of a build in its own way', () => {
    const inItsWords = (query: Record<string, string | string[]>, ulimits: Ulimit[] = []) =>
      podman.builder?.inItsWords(query, ulimits);
    expect(
      inItsWords({ extrahosts: ['a:10.0.0.1', 'b:10.0.0.2'], securityopt: ['label=x'], target: 't' }),
    ).to.deep.equal({
      extrahosts: '["a:10.0.0.1","b:10.0.0.2"]',
      securityopt: '["label=x"]',
      target: 't',
    });
    const nofile = { Name: 'nofile', Soft: 99, Hard: 199 };
    expect(inItsWords({ ulimits: JSON.stringify([nofile]) }, [nofile])).to.deep.equal({
      ulimits: '["nofile=99:199"]',
    });
    expect(
      ['default', 'bridge', 'none', 'host'].map((networkmode) => inItsWords({ networkmode })),
    ).to.deep.equal([
      {},
      {},
      { networkmode: 'NetworkDisabled' },
      { networkmode: 'NetworkEnabled', nsoptions: '[{"Name":"network","Host":true}]' },
    ]);
    expect(podman.builder?.secretFiles(new Map([['tok', '.a']]))).to.deep.equal({
      secrets: '["id=tok,src=.a"]',
    });
  });
});
