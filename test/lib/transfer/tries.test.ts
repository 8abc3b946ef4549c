import { expect } from 'chai';
import { EngineRefusal } from '../../../lib/engine/client/errors.js';
import type { Engine, EngineAddress } from '../../../lib/engine/index.js';
import { asReference } from '../../../lib/oci/reference.js';
import type { UserError } from '../../../lib/text/user-error.js';
import { NotLoaded, SourceFailed } from '../../../lib/transfer/base/failures.js';
import { explain } from '../../../lib/transfer/base/transfer-error.js';
import { TRIES, Tries } from '../../../lib/transfer/tries.js';

const engineAt = (url: string, remote: boolean) => ({ address: { url, remote } }) as Engine;
const source = engineAt('unix:///near.sock', false);
const plan = { reference: asReference('app:1'), source, target: engineAt('ssh://target', true) };

/** Milliseconds waited after each of these failures, and `end` where there is no further try. */
function pauses(failures: readonly [error: Error, layersSent: number][], from = source) {
  const tries = new Tries(from);
  return failures.map(([error, layersSent]) => tries.pauseAfter(error, layersSent) ?? 'end');
}

const lost = Object.assign(new Error('reset'), { code: 'ECONNRESET' });

describe('the tries of a transfer', () => {
  it('become rarer, and end', () => {
    const waited = pauses(Array.from({ length: TRIES }, () => [lost, 0]));
    expect(waited).to.deep.equal([1000, 2000, 4000, 8000, 16_000, 'end']);
  });

  it('begin anew with every layer that has arrived', () => {
    expect(
      pauses([
        [lost, 0],
        [lost, 0],
        [lost, 1],
      ]),
    ).to.deep.equal([1000, 2000, 1000]);
  });

  for (const never of [
    'duplicates of file paths not supported',
    'Error processing tar file(exit status 1): archive/tar: invalid tar header',
  ]) {
    it(`are one where an engine never takes what it gets: ${never}`, () => {
      expect(pauses([[new NotLoaded(never), 0]])).to.deep.equal(['end']);
    });
  }

  it('are two where an engine says the same of the same layers again', () => {
    const odd = new NotLoaded('operation not permitted');
    expect(
      pauses([
        [odd, 0],
        [odd, 0],
      ]),
    ).to.deep.equal([1000, 'end']);
    expect(
      pauses([
        [odd, 0],
        [odd, 1],
        [odd, 1],
      ]),
    ).to.deep.equal([1000, 1000, 'end']);
  });

  it('are two where an engine says the same of itself again, and more where it is not reached', () => {
    const refusal = (status: number, said: string) =>
      new EngineRefusal({ url: 'unix:///far.sock' } as EngineAddress, 'POST /images/load', status, said);
    const odd = refusal(500, 'layer store: input/output error');
    const away = refusal(503, 'Service Unavailable');
    const full = refusal(500, 'write: no space left on device');
    const target = engineAt('unix:///far.sock', false);
    const explained = (error: Error) =>
      explain(error, { ...plan, target }, 'docker image prune') as UserError;
    expect([
      pauses([
        [odd, 0],
        [odd, 0],
      ]),
      pauses([
        [away, 0],
        [away, 0],
      ]),
      pauses([[full, 0]]),
    ]).to.deep.equal([[1000, 'end'], [1000, 2000], ['end']]);
    expect(explained(odd).message).to.equal(
      'The engine at unix:///far.sock did not take app:1: layer store: input/output error.',
    );
    expect([odd, away, full].map((error) => explained(error).code)).to.deep.equal([
      'NOT_LOADED',
      'CONNECTION_LOST',
      'TARGET_DISK_FULL',
    ]);
  });

  it('go on where something is gone that may stay the next time, until it is believed', () => {
    const pruned = new NotLoaded('content digest sha256:00: not found');
    expect(
      pauses([
        [pruned, 0],
        [pruned, 0],
        [pruned, 0],
        [pruned, 0],
      ]),
    ).to.deep.equal([1000, 2000, 4000, 'end']);
  });

  it('are one where an engine of this machine breaks off, which is to blame, and more where a far one does', () => {
    const failure = new SourceFailed(lost);
    expect(pauses([[failure, 0]])).to.deep.equal(['end']);
    expect(pauses([[failure, 0]], engineAt('ssh://far', true))).to.deep.equal([1000]);
    expect(explain(failure, plan, 'docker image prune'))
      .to.have.property('message')
      .that.contains('unix:///near.sock')
      .and.does.not.contain('ssh://target');
  });
});

describe('what an engine says of an image that it does not take', () => {
  it('is a sentence, though what it got from its own helper is empty', () => {
    const said = new NotLoaded('Error processing tar file(duplicates of file paths not supported): ');
    expect(explain(said, plan, 'docker image prune')).to.have.property(
      'message',
      'The engine at ssh://target did not take app:1: Error processing tar file(duplicates of file paths not supported).',
    );
  });
});
