import {
  DOCKED,
  type KeyDefinition,
  type KeyKind,
  type KeyName,
  KEYS,
  spellingOf,
} from '../../lib/project/keys/keys.js';
import { projectWords } from '../../lib/project/load.js';

/** The reference of run.cfg, from the table of its keys. */
export function runConfigReference(): string {
  const names = Object.keys(KEYS) as KeyName[];
  return `<!-- Written by docs/generate.ts from lib/project/keys/keys.ts: change it there. -->

# run.cfg

\`docker/run.cfg\` (or \`docker/dockerutils.cfg\`) says how the images of \`docker/\` are built, run, sent and published. It
may be missing. \`gulp config\` shows what it comes to, and where each value stands.

\`\`\`ini
[run_image]
synthetic_images=shell

[app]
environment=-e LOG_LEVEL=debug
ports=-p 8080:80

# Not an image of its own: the image app, run in another way.
[shell]
name=app
cmd=sh
\`\`\`

## The file

It is read as Python's configparser reads it, because that is what such files were written for:

- \`key=value\` or \`key: value\`; a value goes on in the next lines where these are indented.
- \`#\` and \`;\` start a comment at the start of a line only: \`cmd=sh -c "a; b"\` is whole.
- Keys are the same in capitals and small letters, except in a section that an \`env=\` names.
- A section belongs to the image of its name. \`[DEFAULT]\` holds for every image that has a section.
- \`%(key)s\` takes up another key of the section or of \`[DEFAULT]\`; \`%%\` is a plain \`%\`.
- A key that is not known is an error; so is a section or a key that stands there twice, and a section whose name is almost
  that of an image. Other sections that nothing uses are told.

Values are split into words as a POSIX shell does, with quotes and backslashes, and nothing else of a shell. Then, in every
word (but not in \`cmd\`), replacements are made; what they put in stays one word, blanks and all:

| replacement | is |
|---|---|
${wordNames()
  .map((word) => `| \`{${word}}\` | ${WORDS[word]!} |`)
  .join('\n')}
| \`$NAME\`, \`\${NAME}\` | a variable of the environment, else of [\`docker/.env\`](#variables-of-a-file); one that is not set is an error |
| \`$$\` | a plain \`$\` |

Other braces (JSON, Go templates such as \`{{.State}}\`) stay as they are; a lone \`{word}\` that is not known is an error.

## Variables of a file

\`docker/.env\`, beside run.cfg, gives values for \`$NAME\` that the environment does not have; what the environment has counts,
even where it is empty. \`env_file=\` in \`[run_image]\` names another file instead, relative to the project root. It is read as
docker compose reads its own: \`NAME=value\`, comments, quotes, \`\${NAME:-default}\`. It is for replacements in run.cfg alone:
\`-e NAME\` of \`environment\` still means the environment. Where it holds secrets, keep it out of git (\`.gitignore\`) and out of builds
(\`.dockerignore\`).

## Sections

- \`[<image>]\`: an image, by the name of its folder in \`docker/\`. It takes the keys below.
- \`[run_image]\`, or \`[run-image]\`: of the whole project. \`synthetic_images\` lists synthetic images, which can be run and not built: the section of one
  takes the keys below, and must have \`name\`, the image that it runs, or with \`prefix=False\` any image at all. \`env_file\`
  names a [file of variables](#variables-of-a-file).
- A section that the \`depends_on\` of an image names is a synthetic image, too, listed or not. An image from outside is one with
  \`prefix=False\` and its name: \`name=postgres:16\`, or the tag in \`tag\`.
- A section that the \`env\` of an image names: its keys are environment variables.

## Keys

Behind any key, \`${DOCKED}\` makes it count instead of the plain one when the engine is remote: \`volumes${DOCKED}=…\`.

| key | used by |
|---|---|
${names.map((name) => `| [\`${spellingOf(name)}\`](#${spellingOf(name).toLowerCase()}) | ${usedBy(KEYS[name])} |`).join('\n')}

${names.map((name) => keyText(name, KEYS[name])).join('\n')}`;
}

const KINDS: Record<KeyKind, string> = {
  words: 'shell words',
  list: 'shell words; commas separate too',
  word: 'one shell word',
  boolean: '`True` or `False`, also `yes`, `no`, `on`, `off`, `1`, `0`, `t`, `f`',
  command: 'shell words, or a JSON array of strings; nothing is replaced',
  section: 'the name of a section',
  duration: 'a duration: `90s`, `1m30s`, `500ms`, or a number of seconds',
};

/** Meanings of the `{word}` replacements. */
const WORDS: Record<string, string> = {
  project_root: "the project root's absolute path",
  project: "the root folder's name",
  'project-name': "the root folder's name",
  user: 'the user: the first of `LOGNAME`, `USER`, `LNAME`, `USERNAME` that is set, else the name of the account; with `-` for what a tag cannot hold',
  home: "the user's home folder",
  tag: "the image's tag",
  image: "the image's name: the section's",
};

function keyText(
  name: KeyName,
  { meaning, kind, default: otherwise, example, later }: KeyDefinition,
): string {
  const words = later?.map((word) => `\`{${word}}\``).join(', ');
  return `### \`${spellingOf(name)}\`

${meaning}.

- Takes: ${KINDS[kind]}${words === undefined ? '' : `; also ${words}`}
- Default: ${otherwise}

\`\`\`ini
${spellingOf(name)}=${example}
\`\`\`
`;
}

function usedBy({ usedBy }: KeyDefinition): string {
  return usedBy.length === KEYS.name.usedBy.length ? 'all' : usedBy.join(', ');
}

/** The words that the reader replaces; one without a meaning here is a mistake. */
function wordNames(): string[] {
  const names = [...projectWords('/', '', {}).keys(), 'tag', 'image'];
  const unknown = names.filter((name) => WORDS[name] === undefined);
  if (unknown.length > 0)
    throw new Error(`docs/generate/run-cfg.ts has no meaning for ${unknown.join(', ')}`);
  return names;
}
