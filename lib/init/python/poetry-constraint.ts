import { comparators } from '../comparators.js';

/**
 * What Poetry's words for versions (`^3.9`, `~3.10`, `3.*`, `>=3.8 <4`, alternatives behind `||`) are as specifiers of
 * PEP 440, of which one must hold. What is not understood is passed on, and then allows nothing.
 *
 * Source of the rules: python-poetry.org/docs/dependency-specification, "Version constraints".
 */
export function poetryAlternatives(text: string): string[] {
  return text.split('|').flatMap((alternative) => {
    // Of `||`, nothing stands between the two.
    if (alternative === '' && text !== '') return [];
    const words = comparators(alternative).filter((word) => word !== '*');
    return [words.map(specifier).join(',')];
  });
}

function specifier(word: string): string {
  const [, operator = '', version = ''] = /^([<>=!~^]*)((?:[\w*].*)?)$/.exec(word) ?? [];
  const numbers = version.split('.').map(Number);
  if (operator === '^') return `>=${version},<${next(numbers, caretPlace(numbers))}`;
  if (operator === '~') return `>=${version},<${next(numbers, Math.min(1, numbers.length - 1))}`;
  return operator === '' || operator === '=' ? `==${version}` : word;
}

/** A caret holds the first number that is not 0. */
function caretPlace(numbers: readonly number[]): number {
  const place = numbers.findIndex((number) => number !== 0);
  return place < 0 ? numbers.length - 1 : place;
}

/** The first version above all that begin with the numbers up to a place. */
function next(numbers: readonly number[], place: number): string {
  return numbers
    .slice(0, place + 1)
    .map((number, at) => (at === place ? number + 1 : number))
    .join('.');
}
