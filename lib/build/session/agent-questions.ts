import { Duplex } from 'node:stream';

/** Messages of the ssh agent protocol (draft-miller-ssh-agent). */
const FAILURE = Buffer.from([0, 0, 0, 1, 5]);
const REQUEST_IDENTITIES = 11;
const SIGN_REQUEST = 13;

/** Longest message that OpenSSH's agent takes. */
const MAX_LENGTH = 256 * 1024;

/**
 * An agent that answers which keys there are, and signs; whatever would change it (adding, removing, locking) is
 * refused, for who asks is a build.
 */
export function onlyQuestions(agent: Duplex): Duplex {
  let pending: Buffer = Buffer.alloc(0);
  const guarded = new Duplex({
    read: () => agent.resume(),
    write(chunk: Buffer, _encoding, done) {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 5) {
        const length = pending.readUInt32BE(0);
        if (length > MAX_LENGTH) return done(new Error('A message to the ssh agent is too long.'));
        if (pending.length < 4 + length) break;
        const message = pending.subarray(0, 4 + length);
        pending = pending.subarray(4 + length);
        const [type] = message.subarray(4);
        if (type === REQUEST_IDENTITIES || type === SIGN_REQUEST) agent.write(message);
        else guarded.push(FAILURE);
      }
      done();
    },
    final(done) {
      agent.end();
      done();
    },
    destroy(error, done) {
      agent.destroy();
      done(error);
    },
  });
  agent.on('data', (chunk: Buffer) => {
    if (!guarded.push(chunk)) agent.pause();
  });
  agent.on('end', () => guarded.push(null));
  agent.on('error', (error) => guarded.destroy(error));
  return guarded;
}
