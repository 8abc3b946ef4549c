module.exports = require('tsx/cjs/api').require('./gulpfile.ts', __filename);
