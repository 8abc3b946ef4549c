import { expect } from 'chai';
import { parseBuildFlags } from '../../../../lib/build/flags/index.js';

const read = (line: string) => parseBuildFlags(line.split(' '), { environment: {} });

describe('lib/build/flags/attest', () => {
  it('has the first word on a type count, the flags of one type behind those of --attest', () => {
    expect(read('--provenance=false --attest type=provenance,mode=max').attestations).to.deep.equal({
      provenance: 'type=provenance,mode=max',
    });
    expect(read('--attest type=sbom,disabled=true --sbom generator=x').attestations).to.deep.equal({});
    expect(read('--sbom=true --sbom=false').attestations).to.deep.equal({});
    expect(read('--sbom=true --provenance=mode=max').attestations).to.deep.equal({
      provenance: 'type=provenance,mode=max',
      sbom: 'type=sbom',
    });
  });

  it('refuses what says no type, or is no field, in the words of buildx', () => {
    const refusals: Record<string, string> = {
      '--attest mode=max': 'attestation type not specified',
      '--provenance yes': 'invalid value yes',
      '--sbom disabled=maybe':
        'invalid value disabled=maybe: strconv.ParseBool: parsing "maybe": invalid syntax',
    };
    for (const [line, sentence] of Object.entries(refusals))
      expect(() => read(line), line).to.throw(sentence);
  });
});

describe('lib/build/flags/annotation', () => {
  it('names the document that has the annotation', () => {
    const line = '--annotation a=b --annotation index,manifest[linux/amd64]:c=d=e --load';
    expect(read(line).annotations).to.deep.equal({
      'annotation.a': 'b',
      'annotation-index.c': 'd=e',
      'annotation-manifest[linux/amd64].c': 'd=e',
    });
    expect(() => read('--annotation odd:a=b --load')).to.throw('unknown annotation type "odd"');
    expect(() => read('--annotation a=b')).to.throw('add it');
  });
});
