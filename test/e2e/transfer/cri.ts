import { connect } from 'node:http2';
import { connect as connectTo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { BedNode } from '../../bed/index.js';

/** An empty message, as gRPC frames it. */
const EMPTY = Buffer.alloc(5);

/** What the Container Runtime Interface lists of images, as the kubelet and crictl ask for it: the names and IDs in it. */
export async function criImages({ socket }: BedNode): Promise<string[]> {
  const session = connect('http://localhost', { createConnection: () => connectTo(socket) });
  try {
    const call = session.request({
      ':method': 'POST',
      ':path': '/runtime.v1.ImageService/ListImages',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    call.end(EMPTY);
    const answer = (await buffer(call)).toString('latin1');
    return answer.match(/sha256:[0-9a-f]{64}|docker\.io\/[\w./-]+:[\w.-]+/g) ?? [];
  } finally {
    session.close();
  }
}
