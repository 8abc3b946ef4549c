import { ValueError } from '../../text/flag-error.js';

const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
/** Docker's own pattern, with the colons that it lets pass. */
const DOMAIN = new RegExp(`^(:{0,2}${LABEL}(?::?\\.:?${LABEL})*)\\.?\\s*$`);

/** A `--dns-search` value: a domain, or `.` for none. */
export function readSearchDomain(text: string): string {
  const domain = /[^ ](?:.*[^ ])?/s.exec(text)?.[0] ?? '';
  if (domain === '.') return domain;
  const [, name] = DOMAIN.exec(domain) ?? [];
  if (!/[a-zA-Z]/.test(domain) || name === undefined || name.length >= 255) {
    throw new ValueError(`${domain} is not a valid domain`);
  }
  return name;
}
