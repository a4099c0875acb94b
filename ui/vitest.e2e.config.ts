import { defineConfig } from 'vitest/config';

// What `make test` leaves to continuous integration and to `make test-e2e`: with $SIGHTLINE_E2E=stories set.
const beyondStories = ['large', 'waiting', 'manage', 'proxy', 'probe'].map((name) => `e2e/${name}.e2e.ts`);

// Browser tests drive Debian's Chromium against $SIGHTLINE_URL, one at a time:
// they share that server.
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    exclude: process.env.SIGHTLINE_E2E === 'stories' ? beyondStories : [],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // A busy machine may need more than the usual second to draw.
    expect: { poll: { timeout: 15_000 } },
  },
});
