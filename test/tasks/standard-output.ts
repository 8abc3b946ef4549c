/** What is written to standard output while `work` runs, instead of it. */
export async function standardOutput(
  work: () => Promise<unknown>,
): Promise<{ stdout: string; error?: Error }> {
  const { stdout } = process;
  const written: string[] = [];
  const write = stdout.write.bind(stdout);
  stdout.write = (text: string | Uint8Array) => written.push(String(text)) > 0;
  try {
    await work();
    return { stdout: written.join('') };
  } catch (error) {
    return { stdout: written.join(''), error: error as Error };
  } finally {
    stdout.write = write;
  }
}
