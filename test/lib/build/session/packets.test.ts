import { expect } from 'chai';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { KIND } from '../../../../lib/build/context/source.js';
import {
  decodeRequest,
  encodeData,
  encodeEnd,
  encodeError,
  encodeStat,
} from '../../../../lib/build/session/packets.js';

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Stat {
    string path = 1; uint32 mode = 2; uint32 uid = 3; uint32 gid = 4; int64 size = 5; int64 modTime = 6;
    string linkname = 7; int64 devmajor = 8; int64 devminor = 9;
  }
  message Packet { int32 type = 1; Stat stat = 2; uint32 ID = 3; bytes data = 4; }`);
const Packet = root.lookupType('Packet');
const decode = (bytes: Buffer) =>
  Packet.toObject(Packet.decode(bytes), { longs: String, bytes: Buffer, defaults: true }) as Record<
    string,
    unknown
  >;

describe('packets of the file sync', () => {
  it('are what a protobuf decoder reads', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(
        text,
        fc.option(text, { nil: undefined }),
        fc.nat({ max: 0o7777 }),
        fc.maxSafeNat(),
        fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
        (path, linkname, permissions, size, mtimeNs) => {
          const packet = decode(encodeStat({ path, linkname, mode: KIND.file | permissions, size, mtimeNs }));
          expect(packet).to.include({ type: 0, ID: 0 });
          expect(packet.stat).to.include({
            path,
            linkname: linkname ?? '',
            size: String(size),
            modTime: String(mtimeNs),
          });
        },
      ),
    );
    fc.assert(
      fc.property(fc.nat(), fc.uint8Array(), (id, bytes) => {
        const data = Buffer.from(bytes);
        expect(decode(Buffer.concat(encodeData(id, data)))).to.deep.equal({
          type: 2,
          stat: null,
          ID: id,
          data,
        });
      }),
    );
    expect(decode(Buffer.concat(encodeData(7)))).to.include({ type: 2, ID: 7 });
    expect(decode(encodeEnd())).to.include({ type: 3 });
    expect(decode(encodeError('ü'))).to.deep.include({ type: 4, data: Buffer.from('ü') });
    expect(decode(encodeStat())).to.deep.include({ type: 0, stat: null });
  });

  it('say kinds and permissions as Go does', () => {
    const mode = (unix: number) =>
      (
        (decode(encodeStat({ path: 'x', mode: unix, size: 0, mtimeNs: 0n })).stat as { mode: number })
          .mode >>> 0
      ).toString(16);
    expect(mode(KIND.file | 0o755)).to.equal('1ed');
    expect(mode(KIND.file | 0o6755)).to.equal('c001ed');
    expect(mode(KIND.directory | 0o1777)).to.equal('801001ff');
    expect(mode(KIND.symlink | 0o777)).to.equal('80001ff');
    expect(mode(KIND.fifo)).to.equal('2000000');
    expect(mode(KIND.blockDevice)).to.equal('4000000');
    expect(mode(KIND.characterDevice)).to.equal('4200000');
  });

  it('that the engine sends are read', () => {
    const request = (fields: object) =>
      decodeRequest(Buffer.from(Packet.encode(Packet.create(fields)).finish()));
    expect(request({ type: 1, ID: 300 })).to.deep.equal({ type: 'file', id: 300 });
    expect(request({ type: 1 })).to.deep.equal({ type: 'file', id: 0 });
    expect(request({ type: 3 })).to.deep.equal({ type: 'end' });
    expect(request({ type: 4, data: Buffer.from('why') })).to.deep.equal({ type: 'error', message: 'why' });
  });
});
