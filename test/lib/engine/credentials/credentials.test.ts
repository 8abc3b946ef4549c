import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { dockerConfigFaults } from '../../../../lib/engine/credentials/docker-config.js';
import { encodeAuthHeader, lookUpCredentials } from '../../../../lib/engine/index.js';
import { UserError } from '../../../../lib/text/user-error.js';
import { type BrokenCase, type RecordedCase, setUp } from '../../../oracle/credentials/cases.js';
import { writeProgram } from '../../../platform.js';

const SECRET = 'hunter2-very-secret';

describe('credentials', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'credentials-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const decode = (header: string) => JSON.parse(Buffer.from(header, 'base64url').toString()) as unknown;

  function environment(config: object, helper = ''): NodeJS.ProcessEnv {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const PATH = writeProgram(folder, 'docker-credential-own', helper);
    return { DOCKER_CONFIG: folder, PATH };
  }

  async function failureOf(promise: Promise<unknown>): Promise<UserError> {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(UserError);
    return error as UserError;
  }

  it('are those that the docker CLI sends', async function () {
    this.timeout(600_000);
    const file = new URL('../../../oracle/credentials/recorded.json', import.meta.url);
    const { version, cases } = JSON.parse(readFileSync(file, 'utf8')) as {
      version: string;
      cases: RecordedCase[];
    };
    let agreed = 0;
    for (const [index, one] of cases.entries()) {
      const env = setUp(join(folder, String(index)), one);
      const found = decode(encodeAuthHeader(await lookUpCredentials(one.registry, { env })));
      expect(found, `${one.name}: push`).to.deep.equal(one.push);
      expect(found, `${one.name}: pull`).to.deep.equal(one.pull);
      agreed++;
    }
    console.log(`      ${agreed} of ${cases.length} as ${version}`);
  });

  it('are those of their own registry where another part of config.json is broken, as with the docker CLI', async () => {
    const file = new URL('../../../oracle/credentials/recorded.json', import.meta.url);
    const { broken } = JSON.parse(readFileSync(file, 'utf8')) as { broken: BrokenCase[] };
    for (const one of broken) {
      const env = setUp(join(folder, one.name), one);
      const found = await lookUpCredentials(one.registry, { env });
      const own = { username: 'ann', password: 's3cret', serveraddress: one.registry };
      expect(found, one.name).to.deep.equal(own);
      // The CLI gives nothing else but, at times, what it has not decoded; and warns where something is told here.
      for (const push of one.pushes)
        expect([own, { auth: 'YW5uOnMzY3JldA==' }], one.name).to.deep.include(push);
      expect(dockerConfigFaults(env).length > 0, one.name).to.equal(one.warning !== '');
    }
  });

  const OTHERS: Record<string, [config: object, says: RegExp]> = {
    'an entry that is no base64 of user:password': [
      { auths: { 'other.example.com': { auth: '!!!' } } },
      /^The credentials for other\.example\.com in .*config\.json cannot be used \(.*base64.*docker login other\.example\.com\.$/,
    ],
    'an entry with a name that would change the terminal': [
      { auths: { 'x\u001b[2Jy': { auth: 5 } } },
      /^The credentials for xy in /,
    ],
    'a helper that is a number': [
      { credHelpers: { 'other.example.com': 5 } },
      /config\.json has a setting that cannot be used \(credHelpers\.other\.example\.com is not text\)/,
    ],
    'auths that are a list': [{ auths: [] }, /\(auths is not an object\)/],
    'proxies that are text': [{ proxies: 'x' }, /\(proxies is not an object\)/],
  };
  for (const [what, [config, says]] of Object.entries(OTHERS)) {
    it(`${what}: told once with file and entry, and no reason not to find others`, async () => {
      const env = environment(config);
      expect(dockerConfigFaults(env)).to.have.lengthOf(1);
      expect(dockerConfigFaults(env)[0]).to.match(says);
      expect(await lookUpCredentials('r.example.com', { env, lenient: true })).to.equal(undefined);
      if (!('auths' in config && Array.isArray(config.auths)))
        expect(await lookUpCredentials('r.example.com', { env })).to.equal(undefined);
    });
  }

  it('that are broken are refused where they are wanted, and those alone', async () => {
    const broken = { auth: 'bm9ib2R5' };
    for (const key of ['r.example.com', 'https://r.example.com/v1/']) {
      const env = environment({ auths: { [key]: broken } });
      expect((await failureOf(lookUpCredentials('r.example.com', { env }))).message).to.match(
        /docker login r\.example\.com\.$/,
      );
      expect(await lookUpCredentials('r.example.com', { env, lenient: true })).to.equal(undefined);
      expect(await lookUpCredentials('s.example.com', { env })).to.equal(undefined);
    }
    const variable = { DOCKER_CONFIG: folder, DOCKER_AUTH_CONFIG: '{"auths": {"r.example.com": 5}}' };
    writeFileSync(join(folder, 'config.json'), '');
    expect(dockerConfigFaults(variable)).to.have.lengthOf(1);
    expect(await lookUpCredentials('s.example.com', { env: variable })).to.equal(undefined);
    expect((await failureOf(lookUpCredentials('r.example.com', { env: variable }))).message).to.equal(
      'The credentials for r.example.com in DOCKER_AUTH_CONFIG cannot be used (auths.r.example.com is not an object): mend it.',
    );
    const noJson = { ...variable, DOCKER_AUTH_CONFIG: '{' };
    expect(await lookUpCredentials('r.example.com', { env: noJson, lenient: true })).to.equal(undefined);
    expect(dockerConfigFaults(noJson)[0]).to.match(/^DOCKER_AUTH_CONFIG does not hold a JSON object/);
  });

  it('come from DOCKER_AUTH_CONFIG before all else', async () => {
    const auth = (text: string) => Buffer.from(text).toString('base64');
    const env = {
      ...environment({
        auths: { 'r.example.com': { auth: auth('file:1') }, 'other.example.com': { auth: auth('file:2') } },
      }),
      DOCKER_AUTH_CONFIG: JSON.stringify({
        auths: { 'https://r.example.com/v1/': { auth: auth('variable:3') } },
      }),
    };
    expect(await lookUpCredentials('r.example.com', { env })).to.include({
      username: 'variable',
      password: '3',
    });
    expect(await lookUpCredentials('other.example.com', { env })).to.include({
      username: 'file',
      password: '2',
    });
  });

  it('are encoded in the URL-safe alphabet with padding', () => {
    const header = encodeAuthHeader({ username: 'a', password: '>>>???~~~' });
    expect(header).to.match(/^[\w-]+={0,2}$/);
    expect(header.length % 4).to.equal(0);
    expect(encodeAuthHeader(undefined)).to.equal('e30=');
  });

  it('of one registry are never those of another', async () => {
    const env = environment({
      auths: { 'a.example.com': { auth: Buffer.from(`x:${SECRET}`).toString('base64') } },
    });
    for (const other of [
      'b.example.com',
      'a.example.com:5000',
      'evil-a.example.com',
      'example.com',
      'docker.io',
    ]) {
      expect(await lookUpCredentials(other, { env }), other).to.equal(undefined);
    }
  });

  const failures: Record<string, { config: object; helper?: string; says: RegExp; timeout?: number }> = {
    'a helper that is not there': {
      config: { credsStore: 'absent' },
      says: /docker-credential-absent .* is not installed/,
    },
    'a helper that fails': {
      config: { credHelpers: { 'r.example.com': 'own' } },
      helper: 'console.log("keychain is locked"); process.exitCode = 1',
      says: /docker-credential-own .*keychain is locked/,
    },
    'a helper that fails after it has given them away': {
      config: { credsStore: 'own' },
      helper: `console.log('{"Username":"a","Secret":"${SECRET}"}'); process.exitCode = 3`,
      says: /failed for r\.example\.com \(status 3\)/,
    },
    'a helper that answers nonsense': {
      config: { credsStore: 'own' },
      helper: `console.log('${SECRET}')`,
      says: /not JSON/,
    },
    'a helper that hangs': {
      config: { credsStore: 'own' },
      helper: 'setTimeout(() => {}, 60_000)',
      says: /within 0.3 s/,
      timeout: 300,
    },
    'a helper that says more than any does': {
      config: { credsStore: 'own' },
      helper: 'const say = () => process.stdout.write("y\\n".repeat(100_000), say); say()',
      says: /docker-credential-own .*says more than any helper does/,
    },
    'a helper whose reason would change the terminal': {
      config: { credsStore: 'own' },
      helper: "process.stdout.write('\\x1b]0;title\\x07locked\\n\\x1b[2Jaway', () => (process.exitCode = 1))",
      says: /\(locked away\)/,
    },
    'an auth that is a number': {
      config: { auths: { 'r.example.com': { auth: 5 } } },
      says: /auths\.r\.example\.com\.auth is not text/,
    },
    'an auth that is not base64 of user:password': {
      config: { auths: { 'r.example.com': { auth: Buffer.from(SECRET).toString('base64') } } },
      says: /docker login/,
    },
  };
  for (const [what, { config, helper, says, timeout = 60_000 }] of Object.entries(failures)) {
    it(`${what}: one sentence, without the secret`, async () => {
      const env = environment(config, helper);
      const error = await failureOf(lookUpCredentials('r.example.com', { env, timeout }));
      expect(error.message).to.match(says).and.not.contain('\n');
      expect(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`).not.to.contain(SECRET);
      expect(error.message).not.to.contain(Buffer.from(SECRET).toString('base64'));
    });
  }

  it('a broken config.json: one sentence, without its text', async () => {
    writeFileSync(join(folder, 'config.json'), `{"auths": ${SECRET}`);
    const error = await failureOf(lookUpCredentials('r.example.com', { env: { DOCKER_CONFIG: folder } }));
    expect(error.code).to.equal('BAD_DOCKER_CONFIG');
    expect(error.message).to.contain('config.json').and.not.contain(SECRET);
  });

  it('a broken config.json says the line', async () => {
    writeFileSync(join(folder, 'config.json'), '{\n  "auths": {\n    "r.example.com": {},\n  }\n}\n');
    const error = await failureOf(lookUpCredentials('r.example.com', { env: { DOCKER_CONFIG: folder } }));
    expect(error.message).to.equal(
      `${join(folder, 'config.json')} does not hold a JSON object (line 4): mend it, or set it aside.`,
    );
  });

  it('that are only a help are none where config.json is broken or cannot be read', async () => {
    const env = { DOCKER_CONFIG: folder };
    writeFileSync(join(folder, 'config.json'), '{"auths": {},}');
    expect(await lookUpCredentials('r.example.com', { env, lenient: true })).to.equal(undefined);
    rmSync(join(folder, 'config.json'));
    mkdirSync(join(folder, 'config.json'));
    expect(await lookUpCredentials('r.example.com', { env, lenient: true })).to.equal(undefined);
    expect((await failureOf(lookUpCredentials('r.example.com', { env }))).message).to.match(
      /config\.json cannot be read \(EISDIR\): check its owner and permissions/,
    );
  });
});
