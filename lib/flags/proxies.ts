/** Proxies of the docker configuration (`proxies.default`, or those of one engine's address). */
export interface Proxies {
  httpProxy?: string;
  httpsProxy?: string;
  noProxy?: string;
  ftpProxy?: string;
  allProxy?: string;
}

const NAMES = {
  HTTP_PROXY: 'httpProxy',
  HTTPS_PROXY: 'httpsProxy',
  NO_PROXY: 'noProxy',
  FTP_PROXY: 'ftpProxy',
  ALL_PROXY: 'allProxy',
} as const;

/** The variables, in both cases, that tell containers and builds of the proxies, but for those that are `given`. */
export function proxyVariables(
  proxies: Proxies,
  given: (name: string) => boolean,
): [name: string, value: string][] {
  return Object.entries(NAMES).flatMap(([name, key]) => {
    const proxy = proxies[key];
    if (!proxy) return [];
    return [name, name.toLowerCase()]
      .filter((spelling) => !given(spelling))
      .map((spelling): [string, string] => [spelling, proxy]);
  });
}
