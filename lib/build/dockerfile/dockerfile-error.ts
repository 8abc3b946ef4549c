/** What BuildKit, too, would refuse in a Dockerfile; the message is a sentence without a place. */
export class DockerfileError extends Error {
  constructor(
    /** Counted from 1. */
    readonly line: number,
    sentence: string,
  ) {
    super(sentence);
  }
}
