import { real, shown } from './paths.mjs';

const [program, script, ...words] = process.argv;
const own = {
  platform: 'win32',
  execPath: shown(process.execPath),
  argv: [shown(program), ...(script === undefined ? [] : [shown(script)]), ...words],
  cwd: () => shown(process.cwd()),
  chdir: (path) => process.chdir(real(path)),
  getuid: undefined,
  geteuid: undefined,
  getgid: undefined,
  getegid: undefined,
  getgroups: undefined,
};

const bound = new Map();

function boundTo(method) {
  if (!bound.has(method)) bound.set(method, method.bind(process));
  return bound.get(method);
}

/** This process, but for what Windows has otherwise. */
export default new Proxy(process, {
  get(target, name) {
    if (Object.hasOwn(own, name)) return own[name];
    const value = target[name];
    return typeof value === 'function' && !/^[A-Z]/.test(String(name)) ? boundTo(value) : value;
  },
  set(target, name, value) {
    (Object.hasOwn(own, name) ? own : target)[name] = value;
    return true;
  },
  defineProperty(target, name, descriptor) {
    if (!Object.hasOwn(own, name)) return Reflect.defineProperty(target, name, descriptor);
    return Reflect.defineProperty(own, name, descriptor);
  },
  getOwnPropertyDescriptor(target, name) {
    if (!Object.hasOwn(own, name)) return Reflect.getOwnPropertyDescriptor(target, name);
    return { ...Reflect.getOwnPropertyDescriptor(own, name), configurable: true };
  },
});
