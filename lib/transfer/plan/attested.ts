import { listImages } from '../../engine/images/names.js';
import { storeOf } from '../../engine/stores.js';
import type { TransferPlan } from '../base/types.js';
import type { Shipment } from './find-base.js';

/**
 * What is attested of an image, and whether the target gets it; undefined where nothing is, as far as the engine tells:
 * engines from 28 do.
 */
export async function attestationsOf({
  source,
  target,
  reference,
  image: { manifest },
}: Shipment): Promise<TransferPlan['attestations']> {
  if (!manifest) return undefined;
  const [listed] = await listImages(source, [reference]);
  const manifests = (listed?.Manifests ?? []).filter(
    ({ AttestationData, Available }) => Available && AttestationData?.For === manifest.digest,
  );
  const index = listed?.Descriptor;
  if (!index || manifests.length === 0) return undefined;
  return {
    index,
    manifest: manifest.digest,
    ids: manifests.flatMap(({ ID }) => ID ?? []),
    kept: storeOf(await target.facts()).keepsAttestations,
  };
}

/** Whether the image of that name on the target has exactly these attestations. */
export async function hasAttestations(
  { target, there: reference }: Shipment,
  attestations: TransferPlan['attestations'],
): Promise<boolean> {
  if (!attestations?.kept) return true;
  const [listed] = await listImages(target, [reference]);
  const there = (listed?.Manifests ?? []).filter(({ Available }) => Available).map(({ ID }) => ID);
  return attestations.ids.every((id) => there.includes(id));
}

/** A message about attestations that stay behind; none if there are none or they are sent. */
export function toldOfAttestations({ attestations, target }: TransferPlan): string[] {
  if (!attestations || attestations.kept) return [];
  return [
    `what is attested of it stays behind: the image store of ${target.address.url} holds no attestations`,
  ];
}
