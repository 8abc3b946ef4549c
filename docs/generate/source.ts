import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The package's own code, parsed and with the types that stand in it. */
export class Source {
  readonly checker: ts.TypeChecker;
  readonly #program: ts.Program;

  constructor() {
    const { config } = ts.readConfigFile(`${root}tsconfig.build.json`, (file) => ts.sys.readFile(file)) as {
      config: object;
    };
    const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    // Other packages take most of the time, and nothing is asked about them.
    const alone: ts.CompilerOptions = { ...options, types: [], skipLibCheck: true };
    const host = ts.createCompilerHost(alone);
    host.resolveModuleNameLiterals = (names, file) =>
      names.map(({ text }) =>
        text.startsWith('.') ? ts.resolveModuleName(text, file, alone, host) : { resolvedModule: undefined },
      );
    this.#program = ts.createProgram(fileNames, alone, host);
    this.checker = this.#program.getTypeChecker();
  }

  /** What a module exports, behind all re-exports, by name. @param file from the package's root */
  exportsOf(file: string): Map<string, ts.Symbol> {
    const module = this.checker.getSymbolAtLocation(this.#file(file));
    if (!module) throw new Error(`${file} exports nothing`);
    const symbols = this.checker.getExportsOfModule(module);
    return new Map(symbols.map((symbol) => [symbol.name, this.#behind(symbol)]));
  }

  /** Functions, classes and constants of the package that an expression names, dynamically imported ones too. */
  definitionsOf(expression: ts.Node): ts.Node[] {
    const symbol = this.checker.getSymbolAtLocation(expression);
    if (!symbol) return [];
    const named = this.#behind(symbol).declarations ?? [];
    // What was taken out of `await import(…)` is a constant here, whose type is that of the function itself.
    const imported = named.some(isImported)
      ? (this.checker.getTypeAtLocation(expression).symbol?.declarations ?? [])
      : [];
    return [...named, ...imported].filter((each) => isDefinition(each) && isOwn(each));
  }

  /** Whether a class is `UserError` or comes from it. */
  isUserError(error: ts.ClassDeclaration): boolean {
    if (error.name?.text === 'UserError') return true;
    const base = error.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
    return (
      base !== undefined &&
      this.definitionsOf(base.expression).some(
        (each) => ts.isClassDeclaration(each) && this.isUserError(each),
      )
    );
  }

  /** The strings that an expression can be, as far as its type says. */
  stringsOf(expression: ts.Expression): string[] {
    const type = this.checker.getTypeAtLocation(expression);
    const types = type.isUnion() ? type.types : [type];
    return types.flatMap((each) => (each.isStringLiteral() ? [each.value] : []));
  }

  /** Of the file that something stands in, from the package's root. */
  pathOf(node: ts.Node): string {
    return relative(root, node.getSourceFile().fileName);
  }

  #file(file: string): ts.SourceFile {
    const found = this.#program.getSourceFile(root + file);
    if (!found) throw new Error(`there is no ${file}`);
    return found;
  }

  #behind(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }
}

/** Whether a name is taken out of what `import(…)` gives. */
function isImported(node: ts.Node): boolean {
  return (
    ts.isBindingElement(node) &&
    /\bimport\(/.test(ts.findAncestor(node, ts.isVariableDeclaration)?.getText() ?? '')
  );
}

function isDefinition(node: ts.Node): boolean {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    (ts.isVariableDeclaration(node) && node.initializer !== undefined)
  );
}

function isOwn(node: ts.Node): boolean {
  return !node.getSourceFile().isDeclarationFile;
}
