// gulp-cli does not know tsx by itself.
require('tsx/cjs');
module.exports = require('./gulpfile.ts');
