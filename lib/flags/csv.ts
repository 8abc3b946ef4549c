import { ValueError } from '../text/flag-error.js';

/**
 * The fields of the first record of comma-separated text, as `--mount`, `--network` and `--gpus` take it: a field in
 * double quotes may hold commas, and `""` in it is one quote (RFC 4180, read as strictly as Go's encoding/csv).
 */
export function readCsv(text: string): string[] {
  const source = text.replace(/\r$/, '').replaceAll('\r\n', '\n').replace(/^\n+/, '');
  if (source === '') throw new ValueError('empty value');
  const fields: string[] = [];
  for (let at = 0; ;) {
    const field = source[at] === '"' ? quotedField(source, at) : bareField(source, at);
    fields.push(field.text);
    if (source[field.end] !== ',') return fields;
    at = field.end + 1;
  }
}

interface Field {
  text: string;
  /** Index of what follows: a comma, the end of the line, or the end of the text. */
  end: number;
}

function bareField(source: string, start: number): Field {
  const [field = ''] = source.slice(start).split(/[,\n]/, 1);
  const quote = field.indexOf('"');
  if (quote >= 0) throw parseError(source, start + quote, 'bare " in non-quoted-field');
  return { text: field, end: start + field.length };
}

function quotedField(source: string, start: number): Field {
  const pattern = /"[^"]*(?:""[^"]*)*"/y;
  pattern.lastIndex = start;
  const end = pattern.exec(source) ? pattern.lastIndex : source.length;
  const closed = end > start + 1 && pattern.lastIndex === end;
  if (!closed) throw parseError(source, source.length, 'extraneous or missing " in quoted-field');
  if (end < source.length && source[end] !== ',' && source[end] !== '\n') {
    throw parseError(source, end - 1, 'extraneous or missing " in quoted-field');
  }
  return { text: source.slice(start + 1, end - 1).replaceAll('""', '"'), end };
}

function parseError(source: string, at: number, reason: string): ValueError {
  const before = source.slice(0, at).split('\n');
  const column = Buffer.byteLength(before.at(-1) ?? '') + 1;
  return new ValueError(`parse error on line ${before.length}, column ${column}: ${reason}`);
}
