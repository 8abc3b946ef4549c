import ts from 'typescript';
import type { Source } from './source.js';

/** A property of an interface or a class, as its declaration and the comment on it have it. */
export interface Member {
  name: string;
  type: string;
  meaning: string;
  optional: boolean;
  /** Where nothing is said of it, that of a boolean is `false`. */
  default?: string;
}

/** The members of a type that callers see, its bases' too, in the order of the code. */
export function membersOf({ checker }: Source, type: ts.Type): Member[] {
  return checker.getPropertiesOfType(type).flatMap((property) => {
    const declaration = property.valueDeclaration;
    if (!declaration || !hasType(declaration) || declaration.getSourceFile().isDeclarationFile) return [];
    if (ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected))
      return [];
    const [meaning, byDefault] = splitDefault(
      ts.displayPartsToString(property.getDocumentationComment(checker)),
    );
    const written = declaration.type
      ? textOf(declaration.type)
      : checker.typeToString(checker.getTypeOfSymbol(property));
    return {
      name: property.name,
      type: written,
      meaning,
      optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
      default: byDefault ?? (written === 'boolean' ? '`false`' : undefined),
    };
  });
}

/** A table of what a caller gives. Every optional member must say what counts where it is absent, or what it replaces. */
export function optionsTable(
  name: string,
  members: readonly Member[],
  flagOf?: (option: string) => string,
): string {
  const silent = members.filter((member) => member.optional && member.default === undefined);
  if (silent.length > 0)
    throw new Error(
      `${name}: the comments on ${silent.map((member) => member.name).join(', ')} do not say "Default: …." nor "instead of …"`,
    );
  return table(
    ['option', ...(flagOf ? ['flag'] : []), 'type', 'default', 'meaning'],
    members.map((member) => [
      code(member.name),
      ...(flagOf ? [flagOf(member.name)] : []),
      code(member.type),
      member.optional ? (member.default ?? '') : 'must be given',
      member.meaning,
    ]),
  );
}

/** A table of what a caller gets. */
export function fieldsTable(members: readonly Member[]): string {
  return table(
    ['field', 'type', 'meaning'],
    members.map(({ name, type, meaning, optional }) => [
      code(optional ? `${name}?` : name),
      code(type),
      meaning,
    ]),
  );
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map(
      (cells) =>
        `| ${cells.map((cell) => cell.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`,
    )
    .join('\n');
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** The text of a type on one line. */
export function textOf(node: ts.Node): string {
  return node
    .getText()
    .replaceAll(/\/\*\*.*?\*\//gs, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function splitDefault(comment: string): [meaning: string, byDefault: string | undefined] {
  const [, meaning, byDefault] = /^(.*?)\s*\bDefault: (.+?)\.?$/s.exec(comment) ?? [];
  if (meaning !== undefined) return [meaning, byDefault];
  const [, replaced] = /\binstead of (.+?)(?:[,;:].*)?\.?$/s.exec(comment) ?? [];
  return [comment, replaced];
}

function hasType(
  node: ts.Declaration,
): node is ts.PropertySignature | ts.PropertyDeclaration | ts.ParameterDeclaration {
  return ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) || ts.isParameter(node);
}
