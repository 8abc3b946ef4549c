import { chainIds, type DiffId, digestOf } from './digest.js';

/** What engines up to 24 hash for a layer below the top one: an empty container configuration, created in 1970. */
const EMPTY_CONFIG = {
  Hostname: '',
  Domainname: '',
  User: '',
  AttachStdin: false,
  AttachStdout: false,
  AttachStderr: false,
  Tty: false,
  OpenStdin: false,
  StdinOnce: false,
  Env: null,
  Cmd: null,
  Image: '',
  Volumes: null,
  WorkingDir: '',
  Entrypoint: null,
  OnBuild: null,
  Labels: null,
};

/**
 * The folders in which an engine up to 24 saves the layers below the top one, computed as moby's image/v1 package
 * does (`CreateID`). They hold for an engine that runs in UTC; elsewhere the archive's own manifest.json tells.
 */
export function v1LayerIds(diffIds: readonly DiffId[]): string[] {
  let parent: string | undefined;
  return chainIds(diffIds.slice(0, -1)).map((chainId) => {
    const id = { container_config: EMPTY_CONFIG, created: '1970-01-01T00:00:00Z', layer_id: chainId };
    parent = digestOf(JSON.stringify({ ...id, ...(parent !== undefined && { parent }) }));
    return parent.replace('sha256:', '');
  });
}
