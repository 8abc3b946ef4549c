import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = join(tmpdir(), 'imitated-pipes');
mkdirSync(folder, { recursive: true });

/** Where this machine has a pipe; paths of folders are none. */
function pipe(path) {
  const [, name] = /^[\\/]{2}[.?][\\/]pipe[\\/](.*)$/i.exec(path) ?? [];
  if (name !== undefined) return join(folder, createHash('sha256').update(name).digest('hex').slice(0, 32));
  return /^[A-Za-z]:[\\/]|^\\/.test(path) ? undefined : path;
}

/** Puts the real path into the arguments of `listen` or `connect`, a list of Node's own included. */
function withPipe(call, whenRefused) {
  return function (...given) {
    const [first, ...others] = Array.isArray(given[0]) ? given[0] : given;
    const path = typeof first === 'string' ? first : first?.path;
    if (typeof path !== 'string') return call.apply(this, given);
    const there = pipe(path);
    if (there === undefined) return whenRefused.call(this, path);
    return call.call(this, typeof first === 'string' ? there : { ...first, path: there }, ...others);
  };
}

function refused(syscall, path) {
  const text = `${syscall} EACCES ${path}`;
  return Object.assign(new Error(text), { code: 'EACCES', syscall, address: path });
}

const { Server, Socket } = net;
Server.prototype.listen = withPipe(Server.prototype.listen, function (path) {
  process.nextTick(() => this.emit('error', refused('listen', path)));
  return this;
});
Socket.prototype.connect = withPipe(Socket.prototype.connect, function (path) {
  process.nextTick(() => this.destroy(refused('connect', path)));
  return this;
});
