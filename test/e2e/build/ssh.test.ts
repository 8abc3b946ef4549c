import { execFileSync, spawn } from 'node:child_process';
import { verify } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { expect } from 'chai';
import ssh2 from 'ssh2';
import { bed, type BedHost } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { rejection, Workshop } from './workshop.js';

/** Asks the agent for its keys, has it sign with each, and tries to empty it; in Python, for no image here has ssh. */
const CLIENT = `
import os, socket, struct
agent = socket.socket(socket.AF_UNIX); agent.connect(os.environ['SSH_AUTH_SOCK'])
def exactly(n):
    data = b''
    while len(data) < n: data += agent.recv(n - len(data))
    return data
def ask(message):
    agent.sendall(struct.pack('>I', len(message)) + message)
    return exactly(struct.unpack('>I', exactly(4))[0])
def text(data, at):
    length = struct.unpack_from('>I', data, at)[0]
    return data[at + 4:at + 4 + length], at + 4 + length
answer = ask(bytes([11])); count = struct.unpack_from('>I', answer, 1)[0]; at = 5
for _ in range(count):
    blob, at = text(answer, at); comment, at = text(answer, at); kind, _at = text(blob, 0)
    flags = 4 if kind == b'ssh-rsa' else 0
    sign = struct.pack('>I', len(blob)) + blob + struct.pack('>I', 5) + b'hello' + struct.pack('>I', flags)
    signed = ask(bytes([13]) + sign)
    signature, _at = text(signed, 1) if signed[0] == 14 else (b'', 0)
    print('key', kind.decode(), blob.hex(), signature.hex())
print('removing answers', ask(bytes([19]))[0])
`;

for (const name of cases(['20-overlay2', '28-containerd'] as const)) {
  describe(`RUN --mount=type=ssh, engine ${name}`, function () {
    this.timeout(600_000);
    // A host, for its engine has the usual data folder: below a longer one the agent's socket cannot be made.
    let host: BedHost;
    let opened: Workshop;
    const workshop = () => opened;

    before(async function () {
      this.timeout(600_000);
      host = await bed.orSkip(this, () => bed.host({ engine: name, name: 'agents' }));
    });
    after(() => host?.stop());
    beforeEach(async () => (opened = await Workshop.open(host.engineSocket)));
    afterEach(() => opened.close());

    const keyFiles = (here: Workshop) =>
      (['ed25519', 'rsa', 'ecdsa'] as const).map((type) => {
        const file = here.path(`keys/${type}`);
        fs.mkdirSync(here.path('keys'), { recursive: true });
        execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
        return file;
      });
    const prepare = async (here: Workshop, flag: string) => {
      await bed.baseImages(here.docker, ['python:3.11-slim']);
      here.write({
        'docker/app/Dockerfile': `FROM python:3.11-slim\nARG ONCE=${here.root}\nCOPY client.py /\nRUN --mount=type=ssh,id=mine python3 /client.py\n`,
        'docker/run.cfg': `[app]\nbuild_args = ${flag}\n`,
        '.dockerignore': 'keys\n',
        'client.py': CLIENT,
      });
    };
    /** What the client printed of each key, and whether what was signed with it is right. */
    const keysSeen = (here: Workshop) =>
      here.told.lines.flatMap((line) => {
        const [, kind, blob, signature] = /key (\S+) ([0-9a-f]+) ([0-9a-f]*)/.exec(line) ?? [];
        return kind
          ? [{ kind, blob, valid: isValid(`${kind} ${base64(blob!)}`, Buffer.from(signature!, 'hex')) }]
          : [];
      });
    const expected = (files: string[]) =>
      files.map((file) => {
        const [kind, blob] = fs.readFileSync(`${file}.pub`, 'utf8').split(' ');
        return { kind, blob: Buffer.from(blob!, 'base64').toString('hex'), valid: true };
      });

    it('lends key files', async () => {
      const here = workshop();
      const files = keyFiles(here);
      await prepare(here, `--ssh mine=${files.join(',')}`);
      await here.build('app');
      expect(keysSeen(here)).to.have.deep.members(expected(files));
      expect(here.told.lines.join('\n')).to.contain('removing answers 5');
    });

    it('forwards an agent, which a build cannot change', async () => {
      const here = workshop();
      const files = keyFiles(here);
      const socket = here.path('keys/agent');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
      try {
        await once(agent.stdout, 'data');
        const env = { ...process.env, SSH_AUTH_SOCK: socket };
        execFileSync('ssh-add', ['-q', ...files], { env });
        await prepare(here, '--ssh mine');
        await here.build('app', { env }, { env });
        expect(keysSeen(here)).to.have.deep.members(expected(files));
        expect(here.told.lines.join('\n')).to.contain('removing answers 5');
        expect(execFileSync('ssh-add', ['-l'], { env }).toString().trim().split('\n')).to.have.length(3);
      } finally {
        agent.kill();
      }
    });

    it('tells of an agent that is not there', async () => {
      const here = workshop();
      await prepare(here, '--ssh mine');
      const env = { ...process.env, SSH_AUTH_SOCK: undefined };
      const error = await rejection(here.build('app', { env }, { env }));
      expect(error).to.include({ code: 'BUILD_SSH' });
      expect(error.message).to.contain('SSH_AUTH_SOCK is not set');
    });
  });
}

const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

/** Whether an SSH signature (RFC 4253, 5656) of `hello` is one by this key. */
function isValid(publicKey: string, signature: Buffer): boolean {
  const key = ssh2.utils.parseKey(publicKey);
  if (key instanceof Error) throw key;
  const fields = (bytes: Buffer) => {
    const found: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 4 + found.at(-1)!.length) {
      found.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)));
    }
    return found;
  };
  const [kind, bytes] = fields(signature) as [Buffer, Buffer];
  const half = (number: Buffer) => Buffer.concat([Buffer.alloc(32), number]).subarray(-32);
  const isCurve = kind.toString().startsWith('ecdsa-');
  const hash = { 'rsa-sha2-512': 'sha512', 'ecdsa-sha2-nistp256': 'sha256' }[kind.toString()];
  return verify(
    hash,
    Buffer.from('hello'),
    { key: key.getPublicPEM(), dsaEncoding: 'ieee-p1363' },
    isCurve ? Buffer.concat(fields(bytes).map(half)) : bytes,
  );
}
