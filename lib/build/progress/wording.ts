/** How a builder that is not BuildKit words what it does. */
export interface Wording {
  /** The line that a step begins with. */
  step(line: string): { number: string; instruction: string; stage: string } | undefined;
  /** The line that says of a step that nothing was to be done. */
  cached: RegExp;
  /** Lines of the builder's own that nobody needs. */
  aside: RegExp;
  /** A message of the builder's own, which may stand behind output that has no end of its line. */
  message?: RegExp;
}

/** Docker's classic builder: `Step 2/5 : RUN make`. */
export const classic: Wording = {
  step(line) {
    const [, number, instruction] = /^Step (\d+\/\d+) : (.*)$/.exec(line) ?? [];
    return number === undefined || instruction === undefined ? undefined : { number, instruction, stage: '' };
  },
  cached: /^ ---> Using cache$/,
  aside: /^(?: ---> |Removing intermediate container |Successfully (?:built|tagged) )/,
};

/** buildah, behind podman's API: `STEP 2/5: RUN make`, with `[1/2] ` before it where there are several stages. */
export const buildah: Wording = {
  step(line) {
    const [, stage, number, instruction] = /^(?:\[(\d+)\/\d+\] )?STEP (\d+\/\d+): (.*)$/.exec(line) ?? [];
    if (number === undefined || instruction === undefined) return undefined;
    // Named and counted as BuildKit does it.
    return { number, instruction, stage: stage === undefined ? '' : `stage-${Number(stage) - 1}` };
  },
  cached: /^--> Using cache [0-9a-f]+$/,
  aside:
    /^(?:--> [0-9a-f]+|(?:\[\d+\/\d+\] )?COMMIT .*|Successfully (?:built|tagged) .*|[0-9a-f]{64}|time="[^"]*" level=error msg="\+\(UNHANDLED LOGLEVEL\).*)$/,
  message: /^(?:--> |(?:\[\d+\/\d+\] )?(?:STEP \d|COMMIT ))/,
};
