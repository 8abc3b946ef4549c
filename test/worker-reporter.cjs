const { relative } = require('node:path');
const ParallelBuffered = require('mocha/lib/nodejs/reporters/parallel-buffered.cjs');

/** Tells of a failure when it happens; all else, and the failure with its stack, is told when the file has run. */
module.exports = class extends ParallelBuffered {
  constructor(runner, options) {
    super(runner, options);
    runner.on('fail', (test, { message }) => {
      const [first] = String(message).split('\n');
      process.stderr.write(`failed: ${relative('', test.file ?? '')}: ${test.fullTitle()}: ${first}\n`);
    });
  }
};
