import { readdirSync, readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Requests under /api go to a running `sightline serve`: at its usual address,
// or where SIGHTLINE_URL says.
const server = process.env.SIGHTLINE_URL ?? 'http://127.0.0.1:7878';

const tests = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `src/${file}`);
const paged = (file: string) => readFileSync(file, 'utf8').startsWith('// @vitest-environment');

export default defineConfig({
  plugins: [svelte()],
  base: './', // the server puts the way up to the top before it, so that any prefix of a proxy will do
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  server: { proxy: { '/api': server } },
  // Tests of components run in a DOM and name it in their first line; the others need none.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: {
    testTimeout: 20_000, // a busy machine may need more than five seconds
    projects: [
      // What works without a page keeps nothing: one process for all, and the modules they share are read once.
      {
        extends: true,
        test: { name: 'plain', include: tests.filter((file) => !paged(file)), isolate: false },
      },
      { extends: true, test: { name: 'pages', include: tests.filter(paged) } },
    ],
  },
});
