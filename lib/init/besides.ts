import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Files of other tools, and what is to be known of them, a sentence each. */
const BESIDES: readonly { files: readonly string[]; sentence: (file: string) => string }[] = [
  {
    files: ['Dockerfile', 'Containerfile'],
    sentence: (file) =>
      `${file} is left alone. To build it instead of what was written: mv ${file} docker/app/Dockerfile.`,
  },
  {
    files: ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'],
    sentence: (file) =>
      `${file} is left alone. To have its services as images and sections: gulp-dockerutils init --from ${file}, in a project without docker/run.cfg.`,
  },
  {
    files: ['.devcontainer/devcontainer.json', '.devcontainer.json', '.devcontainer'],
    sentence: (file) =>
      `${file} is left alone, and makes an image of its own. An "image" in it may be one that gulp builds.`,
  },
  {
    files: ['Makefile', 'makefile', 'GNUmakefile', 'justfile', 'Taskfile.yml'],
    sentence: (file) =>
      `${file} is left alone. Its targets can call the tasks: npx gulp build, npx gulp run:app.`,
  },
];

export function readBesides(root: string): string[] {
  return BESIDES.flatMap(({ files, sentence }) => {
    const found = files.find((file) => existsSync(join(root, file)));
    return found === undefined ? [] : [sentence(found)];
  });
}
