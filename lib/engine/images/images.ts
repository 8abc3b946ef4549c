import type { Platform } from '../../oci/image-platform.js';
import type { InspectedImage, ListedImage } from './shapes.js';

/** How one asks for the images of a machine: by Docker's API, or with nothing there but containerd by its own program. */
export interface Images {
  /** What is known of an image; undefined where there is none of that name, or none of it for `platform`. */
  inspect(reference: string, platform?: Platform): Promise<InspectedImage | undefined>;
  /** @param references names, or repositories; all images unless given */
  list(references?: readonly string[]): Promise<ListedImage[]>;
  /** Removes a name, and the image with its last name; nothing happens where there is none. */
  untag(name: string): Promise<void>;
}
