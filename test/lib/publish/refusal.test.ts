import { expect } from 'chai';
import { parseDestination } from '../../../lib/publish/destination.js';
import { Refusal } from '../../../lib/publish/refusal.js';

describe('what a registry says against a push', () => {
  // As engines 20.10 to 28 pass it on.
  const passing = [
    'received unexpected HTTP status: 503 Service Unavailable',
    'received unexpected HTTP status: 502 Bad Gateway',
    'toomanyrequests: slow down',
    'error parsing HTTP 429 response body: unexpected end of JSON input: ""',
    'unexpected status from POST request to http://localhost:5000/v2/app/blobs/uploads/: 503 Service Unavailable',
    'unexpected status from HEAD request to http://localhost:5000/v2/app/manifests/1: 429 Too Many Requests',
    'Get "http://localhost:5000/v2/": EOF',
    'Get "http://localhost:5000/v2/": dial tcp 127.0.0.1:5000: connect: connection refused',
    'failed to do request: Put "http://r/v2/": write tcp 127.0.0.1:1->127.0.0.1:2: use of closed network connection',
    'Patch "http://r/v2/": read: connection reset by peer',
    'net/http: TLS handshake timeout',
  ];
  const final = [
    'denied: requested access to the resource is denied',
    'denied: quota exceeded',
    'unauthorized: authentication required',
    'no basic auth credentials',
    'name unknown: The repository with name "app" does not exist in the registry',
    'Get "https://r:503/v2/": x509: certificate signed by unknown authority',
    'Get "https://r/v2/": http: server gave HTTP response to HTTPS client',
    'dial tcp: lookup r.invalid: no such host',
    'unexpected status from POST request to http://localhost:503/v2/app/blobs/uploads/: 403 Forbidden',
    'tag does not exist: app:429',
  ];
  for (const words of passing)
    it(`may pass where it is: ${words}`, () => expect(new Refusal(words).passing).to.equal(true));
  for (const words of final)
    it(`is final where it is: ${words}`, () => expect(new Refusal(words).passing).to.equal(false));

  const destination = parseDestination('localhost:5000/app:1', { defaultTag: '' });
  const sentence = (words: string, tries = 1) =>
    new Refusal(words).asUserError(destination, { tries }).message;

  it('is repeated in its own words, with what to do', () => {
    expect(sentence('unauthorized: authentication required')).to.equal(
      'localhost:5000/app:1 was not published: unauthorized: authentication required – ' +
        'log in with "docker login localhost:5000", as somebody who may write there.',
    );
    expect(sentence('Get "https://r/": x509: unknown authority')).to.include(
      '/etc/docker/certs.d/localhost:5000/ca.crt',
    );
  });
  it('comes with no advice where there is none', () => {
    expect(sentence('denied: quota exceeded.\n')).to.equal(
      'localhost:5000/app:1 was not published: denied: quota exceeded.',
    );
  });
  it('is told in one line', () => {
    expect(sentence('errors:\ndenied: no\nunsupported: never\n')).to.include(
      ': errors: denied: no; unsupported: never.',
    );
    expect(sentence('a problem\nNote: what the engine thinks\nof it')).to.match(/: a problem\.$/);
  });
  it('comes with the number of tries', () => {
    expect(sentence('toomanyrequests: slow down', 6)).to.include(
      'was not published in 6 tries: toomanyrequests',
    );
  });
  it('is told without the query of an address, which may open an upload to others', () => {
    const words =
      'failed: unexpected status from PUT request to http://r/v2/app/blobs/uploads/1?_state=SECRET%3D&digest=sha256%3A12: 502 Bad Gateway';
    expect(sentence(words))
      .to.include('http://r/v2/app/blobs/uploads/1: 502 Bad Gateway')
      .and.not.include('SECRET');
    expect(sentence('Put "http://r/v2/uploads/1?_state=SECRET": EOF')).to.include(
      '"http://r/v2/uploads/1": EOF',
    );
  });
});
