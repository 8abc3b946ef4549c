/** A delta did not lead to the layer; the message is the reason. Whole layers may still arrive. */
export class DeltaFailed extends Error {}
