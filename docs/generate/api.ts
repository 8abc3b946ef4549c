import ts from 'typescript';
import { type AnyFlagTable, flagName } from '../../tasks/flags.js';
import { type ErrorCodes, ErrorSearch } from './error-codes.js';
import { Source } from './source.js';
import { code, fieldsTable, membersOf, optionsTable, table, textOf } from './tables.js';

/** The reference of what the package exports, from the declarations, the comments on them, and the code behind them. */
export async function apiReference(): Promise<string> {
  const page = new ApiPage();
  return `<!-- Written by docs/generate.ts from the code: change it there. -->

# API

Everything that the package exports: options with their types and defaults, and the errors that calls and tasks end
with. [README](../README.md) and the other pages show how it is used.

## gulp-dockerutils

${await page.module('tasks/index.ts')}
## gulp-dockerutils/run-flags

${await page.module('lib/run/flags/index.ts')}
## gulp-dockerutils/service-flags

${await page.module('lib/swarm/flags/index.ts')}
## Errors

A failure that a user can cause is a \`UserError\` with one of these codes; \`…\` stands for what a message says of the
case.

${page.errorsTable()}
`;
}

class ApiPage {
  readonly #source = new Source();
  readonly #errors = new ErrorSearch(this.#source);
  readonly #codes: ErrorCodes = new Map();

  /** A section for each export: functions first, then classes, then types. */
  async module(file: string): Promise<string> {
    const exported = [...this.#source.exportsOf(file)];
    const inTasks = exported.find(([name]) => name === 'DockerTasks')?.[1];
    const ofTasks = inTasks ? this.#optionNamesOf(inTasks) : new Set<string>();
    const sections: [rank: number, text: string][] = [];
    for (const [name, symbol] of exported) {
      if (ofTasks.has(name)) continue; // shown under their task
      sections.push([rankOf(symbol), await this.#section(name, symbol)]);
    }
    return sections
      .sort(([a], [b]) => a - b)
      .map(([, text]) => text)
      .join('\n');
  }

  errorsTable(): string {
    const common = this.#commonCodes().map(
      ({ title, list }) => `Of ${title}: ${list.map(code).join(', ')}.\n\n`,
    );
    const rows = [...this.#codes].sort(([a], [b]) => (a < b ? -1 : 1));
    return (
      common.join('') +
      table(
        ['code', 'says'],
        rows.map(([name, sentences]) => [code(name), [...sentences].sort().map(plain).join('<br>')]),
      )
    );
  }

  async #section(name: string, symbol: ts.Symbol): Promise<string> {
    const [declaration] = symbol.declarations ?? [];
    if (!declaration) throw new Error(`${name} is declared nowhere`);
    if (ts.isFunctionDeclaration(declaration)) return this.#function(name, symbol, declaration);
    if (ts.isClassDeclaration(declaration)) return this.#class(name, symbol, declaration);
    if (name === 'DockerTasks') return this.#tasks(symbol);
    if (ts.isInterfaceDeclaration(declaration)) return this.#interface(name, symbol);
    return `### ${name}\n\n${this.#commentOn(symbol)}${fenced(declaration.getText().replace(/^export /, ''))}\n`;
  }

  #function(name: string, symbol: ts.Symbol, declaration: ts.FunctionDeclaration): string {
    const signature = declaration.getText().slice(0, -(declaration.body?.getText().length ?? 0));
    return `### ${name}

${fenced(signature.replace(/^export /, '').trim())}
${this.#commentOn(symbol)}${this.#throwsOf(symbol)}`;
  }

  #class(name: string, symbol: ts.Symbol, declaration: ts.ClassDeclaration): string {
    const made = declaration.members.find(ts.isConstructorDeclaration);
    const parameters = made?.parameters.map((each) => each.getText().replace(/^((private|readonly) )+/, ''));
    const type = this.#source.checker.getDeclaredTypeOfSymbol(symbol);
    const members = membersOf(this.#source, type);
    return `### ${name}

${fenced(`new ${name}(${parameters?.map((each) => each.replaceAll(/\/\*\*.*?\*\/\s*/gs, '')).join(', ') ?? ''})`)}
${this.#commentOn(symbol)}${this.#throwsOf(symbol)}${members.length > 0 ? `${fieldsTable(members)}\n` : ''}`;
  }

  #interface(name: string, symbol: ts.Symbol): string {
    const members = membersOf(this.#source, this.#source.checker.getDeclaredTypeOfSymbol(symbol));
    const isGiven = /(Options|Settings)$/.test(name);
    return `### ${name}

${this.#commentOn(symbol)}${isGiven ? optionsTable(name, members) : fieldsTable(members)}
`;
  }

  /** What `dockerTasks()` returns: a section for each factory, with its options and its errors. */
  async #tasks(symbol: ts.Symbol): Promise<string> {
    const { checker } = this.#source;
    let text = `### DockerTasks\n\n${this.#commentOn(symbol)}`;
    for (const property of checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)))
      text += await this.#member(property);
    return text;
  }

  async #member(property: ts.Symbol): Promise<string> {
    const { checker } = this.#source;
    const type = checker.getTypeOfSymbol(property);
    const declaration = property.valueDeclaration;
    const written =
      declaration && ts.isPropertySignature(declaration) && declaration.type ? textOf(declaration.type) : '';
    const calls = type.getCallSignatures();
    const heading = `#### ${property.name}\n\n`;
    if (calls.length === 0)
      return `${heading}${fenced(`${property.name}: ${written}`)}\n${this.#commentOn(property)}`;
    const signatures = written.startsWith('(')
      ? [written.replace(') => ', '): ')]
      : calls.map((call) => checker.signatureToString(call).replaceAll(' | undefined', ''));
    const options = optionsOf(this.#source, calls[0]);
    return `${heading}${fenced(signatures.map((each) => property.name + each).join('\n'))}
${this.#commentOn(property)}${options ? await this.#optionsWithFlags(options) : ''}${this.#errorsOfTask(property.name)}`;
  }

  async #optionsWithFlags(type: ts.Type): Promise<string> {
    const { name } = type.symbol;
    const flags = await this.#flagsOf(type.symbol);
    const flagOf = (option: string) => {
      const flag = flags[option];
      return flag ? code(`--${flagName(option, flag)}`) : '';
    };
    return `Options (\`${name}\`):\n\n${optionsTable(name, membersOf(this.#source, type), flagOf)}\n\n`;
  }

  /** The table of flags that stands in the file of the options. */
  async #flagsOf(options: ts.Symbol): Promise<AnyFlagTable> {
    const [declaration] = options.declarations ?? [];
    const file = declaration && this.#source.pathOf(declaration);
    const constant = declaration
      ?.getSourceFile()
      .statements.filter(ts.isVariableStatement)
      .flatMap(({ declarationList }) => declarationList.declarations)
      .find(({ type }) => type?.getText() === `FlagTable<${options.name}>`);
    if (!file || !constant) throw new Error(`no table of flags goes with ${options.name}`);
    const module = (await import(`../../${file}`)) as Record<string, AnyFlagTable>;
    return module[constant.name.getText()] ?? {};
  }

  #errorsOfTask(name: string): string {
    const atOnce = this.#throwsOfCalled(this.#factory(name));
    const common = this.#commonCodes();
    const codes = new Set(this.#codesOfTask(name));
    const shared = common.filter(({ list }) => list.every((each) => codes.has(each)));
    shared.forEach(({ list }) => list.forEach((each) => codes.delete(each)));
    const own = [...codes].sort().map(code);
    const rest = shared.map(({ title }) => `[those of ${title}](#errors)`);
    return `${atOnce === '' ? '' : `Throws at once: ${atOnce}.\n\n`}Can end with: ${[...own, ...rest].join(', ')}.\n\n`;
  }

  /** What every task can end with, and what every task can that reaches an engine. */
  #commonCodes(): { title: string; list: string[] }[] {
    const every = this.#taskNames().map((name) => this.#codesOfTask(name));
    const shared = (tasks: string[][]) =>
      (tasks[0] ?? []).filter((each) => tasks.every((codes) => codes.includes(each)));
    const ofAll = shared(every);
    const ofEngines = shared(every.filter((codes) => codes.includes('NO_ENGINE')));
    return [
      { title: 'every task', list: ofAll },
      { title: 'every task that reaches an engine', list: ofEngines.filter((each) => !ofAll.includes(each)) },
    ];
  }

  #codesOfTask(name: string): string[] {
    const codes = this.#errors.codesFrom(this.#factory(name));
    codes.forEach((sentences, each) => this.#note(each, sentences));
    return [...codes.keys()].sort();
  }

  #taskNames(): string[] {
    const tasks = this.#source.exportsOf('tasks/index.ts').get('DockerTasks');
    const { checker } = this.#source;
    return tasks
      ? checker
          .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(tasks))
          .filter((each) => checker.getTypeOfSymbol(each).getCallSignatures().length > 0)
          .map(({ name }) => name)
      : [];
  }

  /** Where the factory of that name is made. */
  #factory(name: string): ts.Node {
    const returned = this.#source.exportsOf('tasks/docker-tasks.ts').get('taskFactories')?.valueDeclaration;
    let found: ts.Node | undefined;
    const visit = (node: ts.Node) => {
      const isNamed = ts.isPropertyAssignment(node) || ts.isGetAccessorDeclaration(node);
      if (isNamed && node.name.getText() === name) found ??= node;
      else ts.forEachChild(node, visit);
    };
    if (returned) visit(returned);
    if (!found) throw new Error(`dockerTasks makes no ${name}`);
    return found;
  }

  /** What the comment on the function behind a factory says that it throws. */
  #throwsOfCalled(factory: ts.Node): string {
    const texts: string[] = [];
    const visit = (node: ts.Node) => {
      if (ts.isCallExpression(node) && node.arguments[0]?.getText() === 'context') {
        const symbols = this.#source.definitionsOf(node.expression).map((each) => ts.getJSDocTags(each));
        texts.push(...symbols.flat().filter(isThrows).map(textOfThrows));
      }
      ts.forEachChild(node, visit);
    };
    visit(factory);
    return texts.join('; ');
  }

  #throwsOf(symbol: ts.Symbol): string {
    const tags = (symbol.declarations ?? []).flatMap((each) => ts.getJSDocTags(each)).filter(isThrows);
    return tags.map((tag) => `Throws ${textOfThrows(tag)}.\n\n`).join('');
  }

  #note(name: string, sentences: Set<string>): void {
    this.#codes.set(name, new Set([...(this.#codes.get(name) ?? []), ...sentences]));
  }

  #optionNamesOf(tasks: ts.Symbol): Set<string> {
    const { checker } = this.#source;
    const factories = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(tasks));
    return new Set(
      factories.flatMap((factory) => {
        const [call] = checker.getTypeOfSymbol(factory).getCallSignatures();
        return optionsOf(this.#source, call)?.symbol.name ?? [];
      }),
    );
  }

  #commentOn(symbol: ts.Symbol): string {
    const comment = ts.displayPartsToString(symbol.getDocumentationComment(this.#source.checker));
    return comment === '' ? '' : `${comment.replaceAll(/\{@link (\w+)\}/g, '`$1`')}\n\n`;
  }
}

function optionsOf({ checker }: Source, call: ts.Signature | undefined): ts.Type | undefined {
  const parameter = call?.parameters.find(({ name }) => name === 'options');
  return parameter && checker.getNonNullableType(checker.getTypeOfSymbol(parameter));
}

function rankOf(symbol: ts.Symbol): number {
  if (symbol.flags & ts.SymbolFlags.Function) return 0;
  if (symbol.name === 'DockerTasks') return 1;
  return symbol.flags & ts.SymbolFlags.Class ? 2 : 3;
}

function isThrows(tag: ts.JSDocTag): tag is ts.JSDocThrowsTag {
  return tag.tagName.text === 'throws';
}

function textOfThrows(tag: ts.JSDocThrowsTag): string {
  return (ts.getTextOfJSDocComment(tag.comment) ?? '').replace(/\.$/, '').replaceAll(/\s+/g, ' ');
}

function fenced(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\`\n`;
}

/** Text of a message as Markdown shows it. */
function plain(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('*', '\\*').replaceAll('\n', ' ');
}
