import { Readable } from 'node:stream';
import { expect } from 'chai';
import { readMessages } from '../../../../lib/engine/client/messages.js';

describe('a stream of messages', () => {
  const read = async (chunks: Iterable<Buffer>) => {
    const messages = [];
    for await (const message of readMessages(Readable.from(chunks)))
      messages.push(Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined)));
    return messages;
  };

  it('is read wherever its chunks end', async () => {
    const bytes = Buffer.from('{"stream":"ü🐳"}\r\n{"error":"e","id":"i"}\r\n{"stream":"last"}');
    for (let size = 1; size < bytes.length; size++) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      expect(await read(chunks)).to.deep.equal([
        { stream: 'ü🐳' },
        { error: 'e', id: 'i' },
        { stream: 'last' },
      ]);
    }
  });

  it('tells of a failure by its detail, and without it by the short form', async () => {
    const lines = [
      '{"error":"short","errorDetail":{"message":"the whole sentence"}}',
      '{"errorDetail":{"message":"alone"}}',
      '{"error":"short","errorDetail":{}}',
    ];
    const errors = (await read([Buffer.from(lines.join('\n'))])).map(({ error }) => error);
    expect(errors).to.deep.equal(['the whole sentence', 'alone', 'short']);
  });
});
