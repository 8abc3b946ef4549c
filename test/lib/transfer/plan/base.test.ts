import { expect } from 'chai';
import type { ImageFacts } from '../../../../lib/engine/images/image-facts.js';
import type { DiffId } from '../../../../lib/oci/digest.js';
import { chooseBase } from '../../../../lib/transfer/plan/base.js';
import { diffId, imageId } from '../../oci/ids.js';

function image(...words: string[]): ImageFacts {
  const platform = { os: 'linux', architecture: 'amd64' };
  const diffIds = words.map(diffId);
  return { id: imageId(words.join()), platform, diffIds, volumes: [], likeness: '' };
}

const there = (facts: ImageFacts, ...names: string[]) => ({ facts, names });
const known = (...words: string[]) => new Set(words.map(diffId));

describe('the image whose files are not sent again', () => {
  const wanted = image('base', 'deps2', 'app2');
  const choose = (
    candidates: Parameters<typeof chooseBase>[1],
    known: ReadonlySet<DiffId>,
    local: ImageFacts[] = [],
  ) => chooseBase({ image: wanted, reference: 'app:1' }, candidates, { known, local });

  it('is the one of that name rather than others of the repository, and these rather than strangers', () => {
    const named = there(image('base', 'deps1', 'app1'), 'app:1');
    const sibling = there(image('base', 'deps0', 'app0'), 'app:0');
    const stranger = there(image('base', 'other'), 'other:1');
    const all = known('deps0', 'app0', 'deps1', 'app1', 'other');
    expect(choose([stranger, sibling, named], all)).to.include({ id: named.facts.id, name: 'app:1' });
    expect(choose([stranger, sibling], all)).to.include({ name: 'app:0' });
    expect(choose([stranger], all)).to.include({ name: 'other:1' });
  });

  it('is looked into only above what both have', () => {
    const base = choose([there(image('base', 'deps1', 'app1'), 'app:1')], known('deps1', 'app1'));
    expect(base?.diffIds).to.deep.equal(['deps1', 'app1'].map(diffId));
  });

  it('is one of whose content something is known', () => {
    const named = there(image('base', 'deps1', 'app1'), 'app:1');
    const sibling = there(image('base', 'deps0'), 'app:0');
    expect(choose([named, sibling], known('deps1', 'deps0'))).to.include({ name: 'app:0' });
    expect(choose([named], known('deps1'))).to.equal(undefined);
  });

  it('may be looked into here, if this engine has its layers and it is of the same repository', () => {
    const local = image('base', 'deps1', 'app1');
    const named = there(local, 'app:1');
    expect(choose([named], known('deps1'), [wanted, local])).to.include({ readFrom: local });
    expect(choose([named], known('deps1', 'app1'), [local])).not.to.have.property('readFrom');
    expect(choose([there(local, 'other:1')], known(), [local])).to.equal(undefined);
  });

  it('has layers of its own, and something in common', () => {
    expect(choose([there(image('base'), 'base:1')], known('base'))).to.equal(undefined);
    expect(choose([there(image('elsewhere'), 'elsewhere:1')], known('elsewhere'))).to.equal(undefined);
  });
});
