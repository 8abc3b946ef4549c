/** What the docker CLI made of one text that should name an image. */
export interface Answer {
  text: string;
  /** What `docker pull` asks the engine for, and whose credentials it looks up; absent where it refuses. */
  pull?: { fromImage: string; tag: string; credentialsOf: string };
  /** What `docker tag app TEXT` asks the engine for; absent where it refuses. */
  tag?: { repo: string; tag: string };
  /** Whether `docker create` takes it for an image, which may be an ID or a digest too. */
  create: boolean;
  /** The first line that `docker pull` says where it refuses. */
  says?: string;
}

export interface Recording {
  /** Version of the docker CLI that answered. */
  cli: string;
  answers: Answer[];
}
