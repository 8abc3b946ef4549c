import { command } from './command.js';

/**
 * Address of the Debian mirror that the machine's own apt uses, read at run time.
 * @throws {Error} where apt has no Debian source.
 */
export async function debianMirror(): Promise<string> {
  const ask = () => command(['apt-get', 'indextargets', '--format', '$(ORIGIN) $(CODENAME) $(REPO_URI)']);
  const debian = /^Debian [a-z]+ (\S+)$/m; // a code name alone: neither -security nor -updates
  let match = debian.exec(await ask());
  if (!match) {
    // A machine whose package lists were never fetched does not know the origins of its sources.
    process.stderr.write('test bed: fetching the package lists of apt: apt-get update\n');
    await command(['apt-get', '-q', 'update'], { timeout: 300_000 });
    match = debian.exec(await ask());
  }
  if (!match?.[1]) throw new Error('The test bed needs a machine whose apt sources name a Debian mirror.');
  return match[1].replace(/\/$/, '');
}

/** Environment in which programs other than apt reach the mirror through the proxy that apt is told to use. */
export async function mirrorEnvironment(): Promise<NodeJS.ProcessEnv> {
  const said = await command(['apt-config', 'shell', 'PROXY', 'Acquire::http::Proxy']);
  const proxy = /^PROXY='(.*)'$/m.exec(said)?.[1];
  return proxy ? { ...process.env, http_proxy: proxy } : process.env;
}
