import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { extract } from 'tar-stream';

/** What is attested of an image, one statement (in-toto) each. */
export interface Statement {
  predicateType: string;
  subject: { digest: { sha256: string } }[];
  predicate: Record<string, unknown>;
}

interface Described {
  digest: string;
  annotations?: Record<string, string>;
}

type Read = (digest: string) => Promise<unknown>;

/** The statements that the index of this digest has; none where it is no index. */
export async function statementsIn(digest: string, read: Read): Promise<Statement[]> {
  const { manifests = [] } = (await read(digest)) as { manifests?: Described[] };
  const ofImages = manifests.filter(
    ({ annotations }) => annotations?.['vnd.docker.reference.type'] === 'attestation-manifest',
  );
  const statements: Statement[] = [];
  for (const { digest: one } of ofImages) {
    const { layers } = (await read(one)) as { layers: Described[] };
    for (const layer of layers) statements.push((await read(layer.digest)) as Statement);
  }
  return statements;
}

/** What is attested of an image that an engine has. */
export async function attestedOn(docker: Docker, reference: string): Promise<Statement[]> {
  const files = new Map<string, Buffer>();
  const archive = extract();
  (await docker.getImage(reference).get()).pipe(archive);
  for await (const entry of archive) files.set(entry.header.name, await buffer(entry));
  const read = (name: string): unknown => JSON.parse(files.get(name)?.toString() ?? 'null');
  const { manifests } = read('index.json') as { manifests: Described[] };
  return statementsIn(manifests[0]!.digest, (digest) =>
    Promise.resolve(read(`blobs/${digest.replace(':', '/')}`)),
  );
}

/** What is attested of an image in a registry without credentials. */
export async function attestedAt(registry: string, repository: string, tag: string): Promise<Statement[]> {
  const get = async (kind: string, name: string): Promise<unknown> => {
    const accept = ['index', 'manifest'].map((type) => `application/vnd.oci.image.${type}.v1+json`).join();
    const answer = await fetch(`http://${registry}/v2/${repository}/${kind}/${name}`, {
      headers: { accept },
    });
    return answer.ok ? answer.json() : undefined;
  };
  const read: Read = async (name) => (await get('manifests', name)) ?? get('blobs', name);
  return statementsIn(tag, read);
}
