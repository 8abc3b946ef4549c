/** The words of a constraint on versions, which blanks and commas separate: `>= 3.8, <4` is `>=3.8` and `<4`. */
export function comparators(text: string): string[] {
  const words: string[] = [];
  let operator = '';
  for (const word of text.split(/[\s,]/)) {
    if (/^[<>=!~^]+$/.test(word)) operator += word;
    else if (word !== '') {
      words.push(operator + word);
      operator = '';
    }
  }
  return operator === '' ? words : [...words, operator];
}
