import { expect } from 'chai';
import { addressBytes, addressesIn } from '../../../../../lib/transfer/target/relay/addresses.js';

/** `/proc/net/fib_trie` of a host with Docker. */
const TABLE = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.224.240.0/30 2 0 2
        |-- 10.224.240.0
           /30 link UNICAST
        |-- 10.224.240.2
           /32 host LOCAL
        |-- 10.224.240.3
           /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.1
           /32 host LOCAL
     |-- 172.17.0.1
        /32 host LOCAL
Local:
  +-- 0.0.0.0/0 3 0 5
        |-- 10.224.240.2
           /32 host LOCAL
`;

describe('the addresses of a machine, out of its own table', () => {
  it('are those at which others may dial it', () => {
    expect(addressesIn(TABLE)).to.deep.equal(['10.224.240.2', '172.17.0.1']);
  });

  it('are none where the table is something else', () => {
    expect(addressesIn('')).to.deep.equal([]);
    expect(addressesIn('|-- 999.1.1.1\n /32 host LOCAL')).to.deep.equal([]);
  });

  it('are sixteen at most, four bytes each', () => {
    const many = Array.from({ length: 40 }, (_, i) => `|-- 10.0.0.${i}\n   /32 host LOCAL`).join('\n');
    expect(addressesIn(many)).to.have.length(16);
    expect([...addressBytes('10.224.240.2')]).to.deep.equal([10, 224, 240, 2]);
  });
});
