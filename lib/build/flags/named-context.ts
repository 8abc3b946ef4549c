import { cut } from '../../flags/key-value.js';
import { asReference } from '../../oci/reference.js';
import { ValueError } from '../../text/flag-error.js';

/** A `--build-context` value: what a name in a Dockerfile (`FROM name`, `COPY --from=name`) stands for. */
export interface NamedContext {
  name: string;
  /** `docker-image://reference`, the address of an archive or a git repository, or a folder. */
  source: string;
}

/** `name=docker-image://reference`, `name=https://…`, `name=folder`. */
export function readNamedContext(text: string): NamedContext {
  const [name, source] = cut(text, '=');
  if (!source) throw new ValueError(`invalid context value: ${text}, expected key=value`);
  asReference(name);
  if (/^(oci-layout|target):/.test(source)) {
    throw new ValueError(
      `a context of ${source.split(':')[0]} needs a builder of docker buildx: name an image (docker-image://…), a folder or an address`,
    );
  }
  return {
    name: name
      .replace(/^docker\.io\//, '')
      .replace(/^library\//, '')
      .replace(/:latest$/, ''),
    source,
  };
}

/** Whether a context is fetched by the engine itself; else it is a folder of this machine. */
export function isFetchedByEngine(source: string): boolean {
  return /^(docker-image|https?|git|ssh):\/\/|^git@/.test(source);
}

/** The name under which a session has the folder of a named context; those of every build are taken. */
export function folderName(context: string): string {
  return context === 'context' || context === 'dockerfile' ? `_${context}` : context;
}
