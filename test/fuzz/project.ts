import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDockerfile } from '../../lib/build/dockerfile/index.js';
import { readingOf } from '../../lib/build/reading.js';
import { readRecipe } from '../../lib/build/recipe.js';
import { parseIgnoreFile } from '../../lib/ignore/ignore-file.js';
import { describeImage, imageNames, loadProject } from '../../lib/project/index.js';
import { resolvedConfig, writeConfig } from '../../lib/project/resolved-config.js';
import { EnvFileError } from '../../lib/project/run-cfg/env-file/error.js';
import { readVariables } from '../../lib/project/run-cfg/env-file/read-variables.js';
import { parseRun } from '../../lib/run/flags/index.js';
import { commandLine } from '../../lib/text/command-line.js';
import { type Parser, reading } from './parser.js';

const env = { HOME: '/home/alice', USER: 'alice', A: 'b', TOKEN: 'x' };
const root = join(mkdtempSync(join(tmpdir(), 'fuzz-')), 'App');
for (const image of ['base', 'dev']) {
  mkdirSync(join(root, 'docker', image), { recursive: true });
  writeFileSync(join(root, 'docker', image, 'Dockerfile'), 'FROM scratch\n');
}

const RUN_CONFIG = `[run_image]
synthetic_images = nb, other
[DEFAULT]
home = /data
[dev]
environment = -e A=b -e "C=d e"
env = vars
interactive=-it
gpu = --gpus all
network: host
volumes = -v {project_root}:/app:ro --mount type=bind,src=/a,dst=/b
ports = -p 8080:80 -p 127.0.0.1:1-3:1-3/udp
args = --name x --ulimit nofile=1024:2048
\t--cap-add SYS_ADMIN
cmd = sh -c "echo $$HOME; ls"
build_args = --build-arg V=$A --secret id=s,src=/a --target dev --cache-from type=local,src=c
publication_tag = registry.example.com:5000/{project}/{image}:{version}
host_docked = alice@host:22, ssh://bob@[::1]:2222
volumes_docked = -v %(home)s:/data
[vars]
Key = \${A} and %(home)s
[nb]
name = dev
tag = {user}-nb
depends_on = dev, other:service_completed_successfully
ready = log "a b" 2
ready_timeout = 1m30s
stop_timeout = 3
reuse = True
live_back = reports/**, !x
`;

function runConfig(text: string) {
  writeFileSync(join(root, 'docker/run.cfg'), text);
  const project = loadProject({ root, env });
  const shown: string[] = [...project.warnings];
  for (const name of imageNames(project))
    for (const remote of [false, true]) {
      writeConfig(resolvedConfig(project, name, { remote, env }));
      const image = describeImage(project, name, { remote, env });
      const flags = [...image.environment, ...image.volumes, ...image.ports, ...image.args];
      const run = { flags, image: image.reference, command: image.cmd };
      shown.push(commandLine(parseRun(run, { environment: env, readFile: () => '' }).words));
      if (!image.synthetic) readRecipe(project, image, { env });
    }
  return shown;
}

const DOCKERFILE = `# syntax=docker/dockerfile:1
# escape=\\
ARG VERSION=3.12 TAG="\${VERSION:-1}"
FROM --platform=$BUILDPLATFORM python:\${VERSION%.*}-slim\${VERSION:+-x} AS builder
RUN --mount=type=cache,target=/root,from=other/image:1 <<EOF cat <<-"END" \\
  # a comment
  && true
echo
EOF
\tEND
ENV A='b c' D="e $A" \\
  F=g
FROM builder
COPY --from=0 --chown=a:b ["a b", "/c"]
ONBUILD COPY --from=builder /x /y
HEALTHCHECK --interval=5s CMD true
CMD ["sh", "-c", "true"]
`;

export const project: readonly Parser[] = [
  reading('run.cfg', [RUN_CONFIG], runConfig),
  reading('Dockerfile', [DOCKERFILE], (text) => {
    readingOf(parseDockerfile(text), 'Dockerfile', {
      buildArgs: { VERSION: text.slice(0, 1000), TAG: null },
      contexts: { base: 'x' },
      platforms: ['linux/amd64', 'linux/arm/v7'],
    });
  }),
  reading(
    '.env',
    ['A=1\nexport B: "x $A \\" ${C:-${D-e}}" # c\nC=\'y\\\'\'\nD\n', 'A=${B:+${C:?d}}$$\n'],
    (text) => [...readVariables(text, env).keys()].map(() => ''),
    [EnvFileError],
  ),
  reading('.dockerignore', ['a\n# c\n!b/**/c\n*.py[co]\n\\#x\n**/x?\n', '*a*a*a*a*ab\n'], (text) => {
    for (const pattern of parseIgnoreFile(text, '.dockerignore').slice(0, 20))
      for (const path of ['a', 'a/b/c.pyc', 'a'.repeat(200), text.slice(0, 200)]) pattern.matches(path);
  }),
];
