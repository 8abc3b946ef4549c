import { ValueError } from '../../../text/flag-error.js';
import type { Privileges } from '../service-spec.js';

type CredentialSpec = NonNullable<Privileges['CredentialSpec']>;

/** `config://name`, `file://name` or `registry://key` of a Windows account; undefined for the empty text, which means none. */
export function readCredentialSpec(text: string): CredentialSpec | undefined {
  if (text === '') return undefined;
  const [, scheme, rest = ''] = /^(config|file|registry):\/\/(.*)$/s.exec(text) ?? [];
  if (scheme === undefined) {
    const known = '"config://", "file://", or "registry://"';
    throw new ValueError(`invalid credential spec: value must be prefixed with ${known}`);
  }
  const of = (wanted: string) => (scheme === wanted ? rest : '');
  return { Config: of('config'), File: of('file'), Registry: of('registry') };
}
