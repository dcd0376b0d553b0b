/** Whose code is in the page, as their licences want it said. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PARTS = ['preact', '@preact/signals', '@preact/signals-core', 'uplot'];

/** A comment for the head of the script. Minifiers leave such comments out, so it is put there after them. */
export function notices(root: string): string {
  const names = new Map<string, string[]>();
  for (const part of PARTS) {
    const text = readFileSync(join(root, 'node_modules', part, 'LICENSE'), 'utf8').trim();
    names.set(text, [...(names.get(text) ?? []), part]);
  }
  const all = [...names].map(([text, parts]) => `${parts.join(', ')}\n\n${text}`);
  return `/*!\n${all.join('\n\n')}\n*/\n`;
}
