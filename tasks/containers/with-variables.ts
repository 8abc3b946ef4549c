/** Does work while variables are in this process's environment; behind it the environment is as it was. */
export async function withVariables<Result>(
  variables: readonly [name: string, value: string][],
  work: () => Promise<Result>,
): Promise<Result> {
  const { env } = process;
  const before = variables.map(([name]) => [name, env[name]] as const);
  for (const [name, value] of variables) env[name] = value;
  try {
    return await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete env[name];
      else env[name] = value;
    }
  }
}
