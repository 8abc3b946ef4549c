import type { Platform } from '../../oci/image-platform.js';
import { isAtLeast } from '../../text/is-at-least.js';
import type { EngineClient } from '../client/client.js';
import { ifThere } from '../client/if-there.js';
import { listed } from '../client/listed.js';
import { list, optional } from '../client/shape.js';
import { makerOf } from '../makers/index.js';
import type { EngineFacts } from '../types.js';
import type { Images } from './images.js';
import { INSPECTED, LISTED, REMOVED } from './shapes.js';

/** First API version whose image inspection takes a platform. */
const PLATFORM_API = '1.49';

/** First API version whose list of images says whether each is complete. */
const MANIFESTS_API = '1.47';

/** The images of an engine that offers Docker's API. */
export function apiImages(client: EngineClient, facts: () => Promise<EngineFacts>): Images {
  const holdsPlatformsFrom = async (api: string) => {
    const { apiVersion, store } = await facts();
    return store === 'containerd' && isAtLeast(apiVersion, api);
  };
  return {
    async inspect(reference: string, platform?: Platform) {
      const choose = platform && (await holdsPlatformsFrom(PLATFORM_API));
      const query = choose ? { platform: JSON.stringify(platform) } : undefined;
      return ifThere(client.json('GET', `/images/${reference}/json`, INSPECTED, { query }), 404);
    },
    async list(references) {
      const { familiarName } = makerOf(await facts());
      const query: Record<string, string> = references
        ? { filters: JSON.stringify({ reference: references }) }
        : {};
      if (await holdsPlatformsFrom(MANIFESTS_API)) query.manifests = '1';
      const images = await listed(() =>
        client.json('GET', '/images/json', optional(list(LISTED)), { query }),
      );
      return (images ?? []).map((image) => ({ ...image, RepoTags: image.RepoTags?.map(familiarName) }));
    },
    async untag(name) {
      await ifThere(client.json('DELETE', `/images/${name}`, REMOVED, { query: { noprune: '1' } }), 404, 409);
    },
  };
}
