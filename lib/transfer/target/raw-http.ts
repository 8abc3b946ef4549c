/** Requests as a program writes them to an engine's socket, and answers as it reads them there. */

/** Head of an HTTP request to the engine, after whose answer the engine hangs up. */
export function request(method: string, path: string, headers: readonly string[] = []): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: docker', 'Connection: close', ...headers];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

/** Head of a request that loads an archive, which follows in chunks. */
export function loadRequest({ quiet }: { quiet: boolean }): Buffer {
  const headers = ['Content-Type: application/x-tar', 'Transfer-Encoding: chunked'];
  return request('POST', `/images/load?quiet=${quiet ? 1 : 0}`, headers);
}

/** Behind the last chunk of what a request sends. */
export const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** Whether the engine answered that all is well. */
export function isGood(answer: string): boolean {
  return /^HTTP\/1\.[01] 200\b/.test(answer);
}

/** The first line of an answer: version, status and phrase. */
export function statusLine(answer: string): string {
  return answer.split('\r\n', 1)[0] ?? '';
}
