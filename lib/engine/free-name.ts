/** So many things of one name can begin in one second. */
const MOST = 50;

/**
 * Makes something on an engine under a name; where that is taken, under the name with `_2` behind it, and so on.
 *
 * @param isTaken whether `make` failed because the name is taken
 */
export async function makeUnderFreeName<T>(
  name: string,
  make: (name: string) => Promise<T>,
  isTaken: (error: unknown) => boolean | Promise<boolean>,
): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await make(number === 1 ? name : `${name}_${number}`);
    } catch (error) {
      if (number === MOST || !(await isTaken(error))) throw error;
    }
  }
}
