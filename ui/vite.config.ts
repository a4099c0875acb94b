import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Requests under /api go to a running `sightline serve`: at its usual address,
// or where SIGHTLINE_URL says.
const server = process.env.SIGHTLINE_URL ?? 'http://127.0.0.1:7878';

export default defineConfig({
  plugins: [svelte()],
  base: './', // the server puts the way up to the top before it, so that any prefix of a proxy will do
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  server: { proxy: { '/api': server } },
  // Tests of components run in a DOM and name it in their first line; the others need none.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  // One process for many files: the modules they share are read once. A busy machine may need more than five seconds.
  test: { include: ['src/**/*.test.ts'], isolate: false, testTimeout: 20_000 },
});
