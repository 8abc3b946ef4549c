// gulp-cli does not know tsx by itself.
module.exports = require('tsx/cjs/api').require('./gulpfile.ts', __filename);
