import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { expect } from 'chai';
import { bed } from '../../bed/index.js';
import { onEngines, rejection, type Workshop } from './workshop.js';

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

onEngines(['20-overlay2', '28-containerd'], 'RUN --mount=type=ssh', (workshop) => {
  const keyFiles = (here: Workshop) =>
    (['ed25519', 'rsa', 'ecdsa'] as const).map((type) => {
      const file = here.path(`keys/${type}`);
      fs.mkdirSync(here.path('keys'), { recursive: true });
      execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file]);
      return file;
    });
  const prepare = async (here: Workshop, flag: string) => {
    await bed.baseImages(here.engine.docker, ['python:3.11-slim']);
    here.write({
      'docker/app/Dockerfile': `FROM python:3.11-slim\nARG ONCE=${here.root}\nCOPY client.py /\nRUN --mount=type=ssh,id=mine python3 /client.py\n`,
      'docker/run.cfg': `[app]\nbuild_args = ${flag}\n`,
      '.dockerignore': 'keys\n',
      'client.py': CLIENT,
    });
  };
  /** What the client printed of each key, the signature checked by ssh-keygen's own means: it must not be empty. */
  const keysSeen = (here: Workshop) =>
    here.told.lines.flatMap((line) => {
      const [, kind, blob, signature] = /key (\S+) ([0-9a-f]+) ([0-9a-f]*)/.exec(line) ?? [];
      return kind ? [{ kind, blob, signature: signature!.length > 0 }] : [];
    });
  const expected = (files: string[]) =>
    files.map((file) => {
      const [kind, blob] = fs.readFileSync(`${file}.pub`, 'utf8').split(' ');
      return { kind, blob: Buffer.from(blob!, 'base64').toString('hex'), signature: true };
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
