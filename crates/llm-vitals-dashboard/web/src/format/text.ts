/** Names that somebody else chose: bounded, and without characters that change the text around them. */

/** Control characters, and those that turn or hide what follows them. */
const UNRULY = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** What is safe to put into a sentence, a title or an attribute: at most `most` characters, its middle left out. */
export function plain(text: string, most = 60): string {
  const letters = [...text.replace(UNRULY, '\ufffd')];
  if (letters.length <= most) return letters.join('');
  const tail = Math.floor((most - 1) / 3);
  return `${letters.slice(0, most - 1 - tail).join('')}…${letters.slice(letters.length - tail).join('')}`;
}

/** The same, told apart from the direction of the words around it. */
export function isolated(text: string, most = 60): string {
  return `\u2068${plain(text, most)}\u2069`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count}\u00a0${count === 1 ? one : many}`;
}

/** "a, b and c" */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

/** rate_limited as "rate limited". */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}
