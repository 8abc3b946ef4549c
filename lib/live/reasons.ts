/** Why something could not be done there. @param errno of Linux */
export function reasonOf(errno: number): string {
  return REASONS[errno] ?? `error ${errno} of Linux`;
}

/** errno(3) of Linux. */
const REASONS: Readonly<Record<number, string>> = {
  17: 'something else stands there that the container made',
  20: 'the container made a file where its folder should be',
  21: 'the container made a folder of that name',
  28: "the disk of the engine's machine is full",
  30: 'its volume there cannot be written to',
  36: 'its name is too long there',
  39: 'the container made a folder of that name',
  122: "the quota of the engine's machine is used up",
};
