import { expect } from 'chai';
import { EngineRefusal } from '../../../lib/engine/client/errors.js';
import type { EngineAddress } from '../../../lib/engine/types.js';
import { explainRefusal } from '../../../lib/run/engine-errors.js';
import type { RunPlan } from '../../../lib/run/plan.js';
import type { Origin } from '../../../lib/text/word.js';

const address = { url: 'unix:///run/docker.sock', origin: 'the default' } as EngineAddress;

describe('a port that is in use', () => {
  const told = (reason: string, origin?: Origin) => {
    const flags = [{ text: '-p' }, { text: '8123:80', ...(origin && { origin }) }];
    const plan = { flags, image: { reference: 'app:ada' } } as unknown as RunPlan;
    const refusal = new EngineRefusal(address, 'POST /containers/x/start', 500, reason);
    return (explainRefusal(refusal, plan) as Error).message;
  };

  for (const reason of [
    'Bind for 0.0.0.0:8123 failed: port is already allocated',
    'Bind for :::8123 failed: port is already allocated',
    'driver failed programming external connectivity: listen tcp4 [::]:8123: bind: address already in use',
    'failed to bind host port for 0.0.0.0:8123:172.17.0.2:80/tcp: address already in use',
    'failed to bind host port 0.0.0.0:8123/tcp: address already in use',
  ]) {
    it(`is named, with the place where it stands: ${reason}`, () => {
      expect(told(reason, { file: 'docker/run.cfg', line: 7 })).to.match(/^docker\/run\.cfg:7: port 8123 of/);
      expect(told(reason, { file: '--args' })).to.match(/^--args: port 8123 of/);
      expect(told(reason)).to.match(/^Port 8123 of/);
    });
  }

  it('is a port where the engine does not say which', () => {
    expect(told('port is already allocated')).to.match(/^A port of the engine's host is in use already/);
  });
});
