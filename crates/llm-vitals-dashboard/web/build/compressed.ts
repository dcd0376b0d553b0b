/** Leaves each file of a build as `FILE.gz` alone: these are what the crate embeds, and they are served as they are. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

import { notices } from './notices.ts';

/** Where the header of a gzip file names the system that made it. */
const SYSTEM = 9;
const ANY_SYSTEM = 255;

export function compressed(): Plugin {
  let root = '';
  let folder = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved(config) {
      root = config.root;
      folder = join(config.root, config.build.outDir);
      if (config.build.outDir.startsWith('/')) folder = config.build.outDir;
    },
    closeBundle() {
      for (const name of readdirSync(folder)) {
        if (name.endsWith('.gz')) continue;
        const file = join(folder, name);
        const head = name === 'app.js' ? notices(root) : '';
        const packed = gzipSync(Buffer.concat([Buffer.from(head), readFileSync(file)]), { level: constants.Z_BEST_COMPRESSION });
        packed[SYSTEM] = ANY_SYSTEM;
        writeFileSync(`${file}.gz`, packed);
        rmSync(file);
      }
    },
  };
}
