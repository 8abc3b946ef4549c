import { Transform } from 'node:stream';
import type Vinyl from 'vinyl';

/** Takes comments and blanks out of stylesheets and pages; all other files pass as they are. */
export function minify(): Transform {
  return new Transform({
    objectMode: true,
    transform(file: Vinyl, _encoding, done) {
      const shorten = shorteners[file.extname];
      if (shorten && file.isBuffer()) file.contents = Buffer.from(shorten(file.contents.toString()));
      done(null, file);
    },
  });
}

const shorteners: Record<string, (text: string) => string> = {
  '.css': (text) =>
    text
      .replace(/\/\*.*?\*\//gs, '')
      .replace(/\s*([{}:;,])\s*/g, '$1')
      .trim(),
  '.html': (text) =>
    text
      .replace(/<!--.*?-->/gs, '')
      .replace(/>\s+</g, '><')
      .trim(),
};
