/** A layer could not be put together from what its engine stores. Read with the whole image, it may still arrive. */
export class NotAssembled extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`a layer cannot be read alone (${reason})`, options);
  }
}
