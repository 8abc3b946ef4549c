import { type KeyName, keyNames, spellingOf } from '../../project/keys/keys.js';
import { shellQuote } from '../../text/command-line.js';
import type { Conversion, Section } from './target.js';

/** Words that need no quotes in run.cfg, where braces and dollars stand for replacements. */
const PLAIN = /^[\w@%+=:,./{}$-]+$/;

/** As long as a line may be before each flag has one of its own. */
const WIDTH = 100;

/** The text of a section of run.cfg, its keys in the order of the reference. */
export function sectionText({ name, keys }: Section): string {
  const lines = keyNames().flatMap((key) => {
    const groups = keys.get(key);
    return groups ? [`${spellingOf(key)}=${valueText(key, groups)}`] : [];
  });
  return [`[${name}]`, ...lines, ''].join('\n');
}

function valueText(key: KeyName, groups: readonly (readonly string[])[]): string {
  if (key === 'cmd') return escaped(commandText(groups.flat()));
  const parts = groups.map((words) => words.map(word).join(' '));
  if (key === 'depends_on') return escaped(parts.join(', '));
  const line = parts.join(' ');
  // What goes on in the next lines is indented.
  return escaped(line.length <= WIDTH ? line : parts.join('\n  '));
}

function commandText(words: readonly string[]): string {
  return words.every((one) => PLAIN.test(one)) ? words.join(' ') : JSON.stringify(words);
}

function word(text: string): string {
  return PLAIN.test(text) ? text : shellQuote(text);
}

/** `%(key)s` would take up another key, and `%%` is a plain `%`. */
function escaped(text: string): string {
  return text.replace(/%(?=[%(])/g, '%%');
}

/** The text of run.cfg. */
export function configText({ source, sections, images, conversion }: ConfigParts): string {
  const synthetic = sections.map(({ name }) => name).filter((name) => !images.built.includes(name));
  const { variables, folder } = conversion;
  const ofProject = [
    ...(synthetic.length > 0 ? [`synthetic_images=${synthetic.join(', ')}`] : []),
    ...(variables.found && variables.inFile ? [`env_file=${folder === '.' ? '' : `${folder}/`}.env`] : []),
  ];
  return [
    `# The services of ${source}. Each key is a piece of a \`docker run\` command line; \`gulp config\` shows what they come to.`,
    '',
    ...(ofProject.length > 0 ? ['[run_image]', ...ofProject, ''] : []),
    ...sections.map(sectionText),
  ].join('\n');
}

interface ConfigParts {
  /** Name of the compose file. */
  source: string;
  sections: readonly Section[];
  images: { built: readonly string[] };
  conversion: Pick<Conversion, 'variables' | 'folder'>;
}

/** The text of docker/.env; empty where there are no defaults. */
export function defaultsText(defaults: ReadonlyMap<string, string>): string {
  if (defaults.size === 0) return '';
  const lines = [...defaults].map(([name, text]) => `${name}=${defaultText(text)}`);
  return ['# For what the environment does not have.', ...lines, ''].join('\n');
}

/** Between such quotes all but a variable is itself, and a quote and a backslash have one before them. */
function defaultText(text: string): string {
  return /^[\w./:@%+,-]*$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}
