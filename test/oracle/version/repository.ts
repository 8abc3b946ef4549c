import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** How a repository comes to be; the same recipe gives the same commit ids everywhere. */
export interface Recipe {
  /**
   * One step a word list: `commit <branch> [<date>]`, `merge <branch> <other> [<date>]`, `tag <name> [<commit>]`,
   * `annotate <name> [<commit>]`. A new branch starts at the last commit; commits are counted from 1, and dates are
   * seconds since 1970. Empty: no history. Absent: no repository at all.
   */
  history?: readonly string[];
  /** Time zone of the committer. */
  zone?: string;
  /** The branch or tag that is checked out; `main` by default. */
  checkout?: string;
  detached?: boolean;
  /** git commands in the work tree, after the checkout. */
  git?: readonly (readonly string[])[];
  /** Changes in the work tree: text of a file, or null to delete it. */
  change?: Record<string, string | null>;
  /** Files to make executable. */
  executable?: readonly string[];
  /** What the project is to the repository. */
  layout?: 'top' | 'subfolder' | 'worktree' | 'submodule' | 'superproject' | 'bare' | { shallow: number };
  /** Name of the project's folder. */
  folder?: string;
}

/** Nothing of the machine's or the user's git configuration counts. */
export const GIT_ENVIRONMENT = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  // Nothing is copied into a new repository: sample hooks take longer than all the rest.
  GIT_TEMPLATE_DIR: '',
  GIT_AUTHOR_NAME: 'A. Committer',
  GIT_AUTHOR_EMAIL: 'committer@example.org',
  GIT_AUTHOR_DATE: '1600000000 +0000',
  GIT_COMMITTER_NAME: 'A. Committer',
  GIT_COMMITTER_EMAIL: 'committer@example.org',
  GIT_COMMITTER_DATE: '1600000000 +0000',
};

export class RepositoryBuilder {
  private readonly scratch = mkdtempSync(join(tmpdir(), 'version-oracle-'));
  private count = 0;

  /** Builds the repository; returns the project's root. */
  build(recipe: Recipe): string {
    const base = join(this.scratch, `r${this.count++}`);
    const folder = recipe.folder ?? 'project';
    const top = join(base, folder);
    mkdirSync(top, { recursive: true });
    if (recipe.history === undefined) return top;
    const { layout = 'top' } = recipe;
    if (layout === 'top') this.repository(top, recipe);
    if (layout === 'subfolder') {
      this.repository(top, recipe);
      mkdirSync(join(top, 'python', folder), { recursive: true });
      return join(top, 'python', folder);
    }
    if (layout === 'bare') {
      git(top, 'init', '-q', '--bare', '-b', 'main', '.');
      git(top, ['fast-import', '--quiet'], stream(recipe));
    }
    if (layout === 'worktree') {
      this.repository(top, { ...recipe, checkout: undefined, change: undefined });
      git(top, 'worktree', 'add', '-q', join(base, 'tree', folder), ...checkoutWords(recipe));
      change(join(base, 'tree', folder), recipe);
      return join(base, 'tree', folder);
    }
    if (layout === 'submodule' || layout === 'superproject') {
      const origin = join(base, 'origin');
      mkdirSync(origin);
      const inner = layout === 'submodule' ? recipe : { history: ['commit main', 'tag 9.9'] };
      const outer = layout === 'submodule' ? { history: ['commit main', 'tag 8.8'] } : recipe;
      this.repository(origin, { ...inner, change: undefined });
      this.repository(top, { ...outer, change: undefined, git: undefined });
      git(top, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', origin, 'inner');
      writeFileSync(join(top, '.gitmodules'), '[submodule "inner"]\n\tpath = inner\n\turl = ../origin\n');
      git(top, 'add', '.gitmodules');
      git(top, 'commit', '-q', '-m', 'add a submodule');
      const root = layout === 'submodule' ? join(top, 'inner') : top;
      change(root, recipe);
      for (const words of recipe.git ?? []) git(root, ...words);
      return root;
    }
    if (typeof layout === 'object') {
      const origin = join(base, 'origin');
      mkdirSync(origin);
      this.repository(origin, recipe);
      git(base, 'clone', '-q', '--depth', String(layout.shallow), pathToFileURL(origin).href, top);
      change(top, recipe);
    }
    return top;
  }

  private repository(top: string, recipe: Recipe): void {
    git(top, 'init', '-q', '-b', 'main', '.');
    if (recipe.history!.length > 0) {
      git(top, ['fast-import', '--quiet'], stream(recipe));
      git(top, 'checkout', '-q', '-f', ...checkoutWords(recipe));
    }
    change(top, recipe);
    for (const words of recipe.git ?? []) git(top, ...words);
  }

  [Symbol.dispose](): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

function checkoutWords({ checkout = 'main', detached = false }: Recipe): string[] {
  return detached ? ['--detach', checkout] : [checkout];
}

function change(root: string, recipe: Recipe): void {
  for (const [name, text] of Object.entries(recipe.change ?? {})) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    if (text === null) rmSync(path);
    else writeFileSync(path, text);
  }
  for (const name of recipe.executable ?? []) chmodSync(join(root, name), 0o755);
}

function git(folder: string, ...words: string[]): void;
function git(folder: string, words: string[], input: string): void;
function git(folder: string, first: string | string[], ...rest: string[]): void {
  const [words, input] = Array.isArray(first) ? [first, rest[0]] : [[first, ...rest], undefined];
  execFileSync('git', words, { cwd: folder, env: GIT_ENVIRONMENT, input, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** The history as `git fast-import` reads it. */
function stream({ history = [], zone = '+0000' }: Recipe): string {
  const lines: string[] = [];
  const tips = new Map<string, number>();
  let commits = 0;
  const person = (date: number) => `A. Committer <committer@example.org> ${date} ${zone}`;
  const commit = (branch: string, parents: number[], date: string | undefined) => {
    const number = ++commits;
    const when = date === undefined ? 1_600_000_000 + number * 100_000 : Number(date);
    const [from, ...merged] = parents;
    lines.push(`commit refs/heads/${branch}`, `mark :${number}`);
    lines.push(`author ${person(when)}`, `committer ${person(when)}`, data(`commit ${number}`));
    if (from !== undefined) lines.push(`from :${from}`);
    lines.push(...merged.map((mark) => `merge :${mark}`));
    lines.push('M 100644 inline a.txt', data(`${number}\n`), 'M 100644 inline b.txt', data('b\n'));
    tips.set(branch, number);
  };
  for (const step of history) {
    const [word, name = '', ...rest] = step.split(' ');
    if (word === 'commit') {
      const parent = tips.get(name) ?? (commits > 0 ? commits : undefined);
      commit(name, parent === undefined ? [] : [parent], rest[0]);
    } else if (word === 'merge') {
      commit(name, [tips.get(name)!, tips.get(rest[0]!)!], rest[1]);
    } else if (word === 'tag') {
      lines.push(`reset refs/tags/${name}`, `from :${rest[0] ?? commits}`, '');
    } else if (word === 'annotate') {
      lines.push(`tag ${name}`, `from :${rest[0] ?? commits}`);
      lines.push(`tagger ${person(1_600_000_000 + commits * 100_000)}`, data(`tag ${name}`));
    } else throw new Error(`no such step: ${step}`);
  }
  return lines.join('\n') + '\n';
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}
