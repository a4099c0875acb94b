import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Requests under /api go to a running `sightline serve`, or to the fixture
// server (`npm run fixture`) when SIGHTLINE_URL is not set.
const server = process.env.SIGHTLINE_URL ?? 'http://127.0.0.1:8799';

export default defineConfig({
  plugins: [svelte()],
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  server: { proxy: { '/api': server } },
  test: { include: ['src/**/*.test.ts'] },
});
