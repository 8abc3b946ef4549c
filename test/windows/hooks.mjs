/** Modules that the project's files import from here instead of from Node. */
const OWN = new Map([
  ['path', './path.mjs'],
  ['fs', './files.mjs'],
  ['fs/promises', './file-promises.mjs'],
  ['os', './os.mjs'],
  ['url', './url.mjs'],
  ['module', './module.mjs'],
  ['child_process', './programs.mjs'],
  ['cross-spawn', './cross-spawn.mjs'],
  ['esbuild', './esbuild.mjs'],
]);
const ROOT = new URL('../../', import.meta.url).href;
const HERE = new URL('./', import.meta.url).href;
const PROCESS = `import process from ${JSON.stringify(new URL('process.mjs', HERE).href)};`;

const isOfProject = (url = '') =>
  url.startsWith(ROOT) && !url.startsWith(HERE) && !url.includes('/node_modules/');

export function resolve(specifier, context, next) {
  const name = specifier.replace(/^node:/, '');
  if (!OWN.has(name) || !isOfProject(context.parentURL)) return next(specifier, context);
  return { url: `windows:${name}`, shortCircuit: true };
}

export async function load(url, context, next) {
  if (url.startsWith('windows:')) return replacement(url.slice('windows:'.length));
  const loaded = await next(url, context);
  if (!isOfProject(url) || loaded.format !== 'module') return loaded;
  const [, start, source] = /^(#!.*\n)?([^]*)$/.exec(String(loaded.source));
  // On the same line, so that stacks name the right ones.
  return { ...loaded, source: `${start ?? ''}${PROCESS}${source}` };
}

/** A module with the exports of Node's own one, each as ours has it. */
async function replacement(name) {
  const names = Object.keys(await import(name)).filter((each) => /^\w+$/.test(each) && each !== 'default');
  const source = `
    import own from ${JSON.stringify(new URL(OWN.get(name), HERE).href)};
    export default own;
    export const { ${names.filter((each) => each !== 'module.exports').join(', ')} } = own;`;
  return { format: 'module', shortCircuit: true, source };
}
