// Says which files of a fresh build are not those that the crate embeds: `node build/same.mjs FRESH COMMITTED`.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** All files together; more would be too much for a crate that others download. */
const MOST_BYTES = 100_000;

const [fresh, committed] = process.argv.slice(2);
const names = [...new Set([...readdirSync(fresh), ...readdirSync(committed)])].sort();
const problems = names.flatMap((name) => {
  const [one, other] = [read(fresh, name), read(committed, name)];
  if (one === null || other === null) return [`${name} is only in one of the two`];
  // What is unpacked counts: another zlib packs the same bytes otherwise.
  return gunzipSync(one).equals(gunzipSync(other)) ? [] : [`${name} is not what the sources make`];
});
const bytes = names.reduce((sum, name) => sum + (read(committed, name)?.length ?? 0), 0);
if (bytes > MOST_BYTES) problems.push(`the files are ${bytes} bytes together, more than ${MOST_BYTES}`);
for (const problem of problems) console.log(problem);
if (problems.length > 0) {
  console.log('run `npm run build` in crates/llm-vitals-dashboard/web and commit dist/');
  process.exit(1);
}
console.log(`${names.length} files, ${bytes} bytes, as the sources make them`);

function read(folder, name) {
  try {
    return readFileSync(join(folder, name));
  } catch {
    return null;
  }
}
