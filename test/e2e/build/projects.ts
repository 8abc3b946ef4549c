/** A project whose build wants two secrets, and what is in the environment for one of them. */
export const WITH_SECRETS = {
  /** A RUN that prints their sums. */
  mounts:
    'RUN --mount=type=secret,id=token --mount=type=secret,id=file,target=/tmp/f ' +
    'md5sum < /run/secrets/token && md5sum < /tmp/f',
  files: {
    'docker/run.cfg':
      '[app]\nbuild_args = --secret id=token,env=BUILD_TOKEN --secret id=file,src=private/key\n',
    'private/key': 'the key\n',
  },
  env: { BUILD_TOKEN: 'wallaby-17' },
} as const;

/** A RUN of several lines that prints and fails, at line 4. */
export const FAILING_RUN =
  'FROM busybox:latest\n\nRUN true\nRUN echo first; \\\n  echo "das Letzte: ü" >&2; \\\n  exit 3\n';

/** Dockerfiles that are wrong at line 2. */
export const WRONG_DOCKERFILES = {
  'docker/copy/Dockerfile': 'FROM busybox:latest\nCOPY there-is-none /\n',
  'docker/typo/Dockerfile': 'FROM busybox:latest\nRUM true\n',
} as const;
