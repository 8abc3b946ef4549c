/** The environment of somebody who has no engine, with the address at which there is none. */
export const env = { PATH: process.env.PATH, USER: 'ada', HOME: '/home/ada' };

export const address = {
  target: { kind: 'unix', path: '/nowhere.sock' },
  url: 'unix:///nowhere.sock',
  origin: 'a test',
  remote: false,
  cliFlags: [],
} as const;
