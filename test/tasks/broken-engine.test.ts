import { expect } from 'chai';
import { type Answers, beginning, brokenEngine, CONTAINER_ID, ESCAPES, saying } from '../broken-engine.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { runBin } from './run-bin.js';

const RUN_CONFIG = `[run_image]
synthetic_images=pulled
[pulled]
name=some/pulled
prefix=False
args=--pull=always
`;

const DETAIL = { error: 'denied', errorDetail: { message: `denied ${ESCAPES} to you` } };

interface Case {
  answers: Answers;
  says: RegExp;
  /** 1 unless given. */
  status?: number;
}

/** By the words of the command line. */
const CASES: Readonly<Record<string, Record<string, Case>>> = {
  'run-image dev': {
    'whose version breaks off': {
      answers: { 'GET /version': beginning('{"Ver', 'breaks') },
      says: /broke off in GET \/version/,
    },
    'of odd facts': {
      answers: { 'GET /info': saying({ DriverStatus: 'x', SecurityOptions: 7, Runtimes: 'zz' }) },
      says: /GET \/info .*DriverStatus is "x"/,
    },
    'that refuses in escapes': {
      answers: { 'POST /containers/create': saying({ message: `invalid ${ESCAPES}` }, 400) },
      says: /was not started: invalid/,
      status: 125,
    },
    'that warns in escapes': {
      answers: { 'POST /containers/create': saying({ Id: CONTAINER_ID, Warnings: [`warn${ESCAPES}`] }, 201) },
      says: /warn.*link/,
      status: 125,
    },
    'whose container is a path': {
      answers: { 'POST /containers/create': saying({ Id: '../../images/prune?x=' }, 201) },
      says: /not the ID of a container/,
    },
  },
  'run-image pulled': {
    'whose pull fails in escapes': {
      answers: { 'POST /images/create': saying(DETAIL) },
      says: /was not pulled: denied .*link to you\.$/m,
      status: 125,
    },
  },
  'publish-image --to r.example.com/x dev': {
    'that fails in escapes': {
      answers: { 'GET /images/': saying({ message: `boom ${ESCAPES}` }, 500) },
      says: /refused GET \/images\/.*boom/,
    },
  },
  'build-image dev': {
    'that gives no connection away': { answers: {}, says: /broke off in POST \/grpc/ },
  },
};

describe('an engine that answers wrong', () => {
  let root: string;
  before(
    () => (root = makeProject({ 'docker/dev/Dockerfile': 'FROM scratch\n', 'docker/run.cfg': RUN_CONFIG })),
  );
  after(removeProjects);

  for (const [words, cases] of Object.entries(CASES))
    for (const [what, { answers, says, status = 1 }] of Object.entries(cases))
      it(`${what}: ${words} says so, in what a terminal may show`, async () => {
        await using engine = await brokenEngine(answers);
        const ended = await runBin(words.split(' '), root, engine.url);
        expect(ended.output).to.match(says);
        expect(ended.output).not.to.match(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
        expect(ended.output).not.to.match(/^\s+at /m);
        expect(ended.status).to.equal(status);
      });
});
