import { planStart, readProject } from '../../../lib/init/index.js';
import { makeProject } from '../project/projects.js';

/** The files that a project of these files starts with, by path. */
export async function startOf(files: Record<string, string>): Promise<Record<string, string>> {
  const { files: planned } = planStart(await readProject(makeProject({ README: '', ...files })));
  return Object.fromEntries(planned.map(({ path, content }) => [path, content]));
}
