import { allCases as classicCases } from '../build-flags/cases.js';

/** Flags that BuildKit alone knows. */
const LINES = [
  '--platform linux/amd64,linux/arm64',
  '--platform linux/amd64 --platform linux/arm/v7',
  '--platform linux/arm64/v8',
  '--platform x86_64',
  '--platform aarch64,linux/aarch64',
  '--platform linux/amd64,linux/amd64',
  '--platform linux/amd64,',
  '--build-context base=docker-image://app:1',
  '--build-context base=docker-image://app --build-context tools=docker-image://reg.io:5000/x/y:z',
  '--build-context docker.io/library/x:latest=docker-image://y',
  '--build-context x:1=docker-image://y',
  '--build-context code=https://example.com/code.tar.gz',
  '--build-context code=https://github.com/example/code.git#main',
  '--build-context here=.',
  '--build-context context=.',
  '--build-context dockerfile=.',
  '--build-context a=none',
  '--build-context a',
  '--build-context a=',
  '--build-context A=docker-image://y',
  '--cache-from type=registry,ref=reg.io/app:c',
  '--cache-from type=registry',
  '--cache-from app:c --cache-from type=registry,ref=x',
  '--cache-from a,b',
  '--cache-to type=inline',
  '--cache-to type=registry,ref=localhost:1/app:c,mode=max',
  '--cache-to type=registry,ref=localhost:1/app:c,mode=max,compression=zstd,ignore-error=true',
  '--cache-to localhost:1/app:c',
  '--cache-to type=registry',
  '--build-arg BUILDKIT_INLINE_CACHE=1',
  '--build-arg BUILDKIT_INLINE_CACHE=0',
  '--build-arg BUILDKIT_INLINE_CACHE=1 --cache-to type=inline',
  '--network host',
  '--network none --shm-size 1g --ulimit nofile=10:20 --ulimit core=-1 --cgroup-parent /x',
  '--add-host db=10.0.0.2 --add-host gw:host-gateway --add-host six=[::1]',
  '--pull --no-cache --target dev',
  '--label a=b --label a=c --label d',
  '-t a -t b:c --tag reg.io:5000/d/e:f',
  '--ssh default',
  '--secret id=a,src=Dockerfile',
];

/** The flags of every `docker buildx build` that is asked for; without those that it starts to build with no engine. */
export function allCases(): string[][] {
  return [...classicCases(), ...LINES.map((line) => line.split(' '))];
}
