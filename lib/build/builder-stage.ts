import { DockerfileParser } from 'dockerfile-ast';

/** The stage of a Dockerfile that is named `builder`, in whatever case, as it is written there. */
export function builderStage(dockerfile: string): string | undefined {
  return (
    DockerfileParser.parse(dockerfile)
      .getFROMs()
      .map((from) => from.getBuildStage())
      .find((stage) => stage?.toLowerCase() === 'builder') ?? undefined
  );
}
