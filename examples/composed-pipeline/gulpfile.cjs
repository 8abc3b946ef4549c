require('tsx/cjs');
module.exports = require('./gulpfile.ts');
