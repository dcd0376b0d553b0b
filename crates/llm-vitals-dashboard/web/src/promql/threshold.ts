/** What an alert's expression compares with what. */

export interface Threshold {
  /** The expression on the left. */
  expr: string;
  operator: string;
  value: number;
}

const COMPARISON = /(==|!=|>=|<=|>|<)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![\w.[])/gi;

/**
 * The first comparison with a number that decides; none if there is none. A comparison in a divisor only keeps zeros
 * away, so it is passed over.
 */
export function threshold(query: string): Threshold | null {
  const bare = withoutStrings(query);
  for (const match of bare.matchAll(COMPARISON)) {
    const start = leftEdge(bare, match.index);
    if (/[/*]\s*\($/.test(bare.slice(0, start))) continue;
    const expr = query.slice(start, match.index).trim();
    if (expr === '') continue;
    return { expr, operator: match[1] ?? '', value: Number(match[2]) };
  }
  return null;
}

/** Strings filled with spaces: an operator in a label's value is none. */
function withoutStrings(query: string): string {
  return query.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`/g, (text) => ' '.repeat(text.length));
}

/** Where the operand that ends at `end` begins: after an opening parenthesis or a set operator of its own depth. */
function leftEdge(query: string, end: number): number {
  let depth = 0;
  for (let at = end - 1; at >= 0; at -= 1) {
    const letter = query[at];
    if (letter === ')' || letter === '}' || letter === ']') depth += 1;
    else if (letter === '(' || letter === '{' || letter === '[') {
      if (depth === 0) return at + 1;
      depth -= 1;
    } else if (depth === 0) {
      const word = /(?:^|[\s)])(and|or|unless)\s$/i.exec(query.slice(Math.max(0, at - 8), at + 1));
      if (word) return at + 1;
    }
  }
  return 0;
}
