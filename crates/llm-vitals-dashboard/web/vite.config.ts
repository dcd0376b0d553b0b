import { defineConfig } from 'vite';

import { compressed } from './build/compressed.ts';

/** Where requests of the page go while it is developed: a gateway, or anything with its API. */
const SERVICE = process.env.SERVICE ?? 'http://127.0.0.1:8080';

export default defineConfig({
  // Addresses relative to the page: it may be served under any prefix.
  base: './',
  build: {
    outDir: process.env.OUT_DIR ?? '../dist',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: 'esnext',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      output: { entryFileNames: 'app.js', assetFileNames: 'app[extname]' },
    },
  },
  plugins: [compressed()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: { proxy: { '/api': SERVICE } },
});
