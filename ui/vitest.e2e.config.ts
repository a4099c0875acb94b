import { defineConfig } from 'vitest/config';

// What `make test` runs where a person waits, with $SIGHTLINE_E2E=stories set: the rest is left to
// continuous integration and to `make test-e2e`.
const stories = ['demo', 'addresses', 'cell', 'findings', 'versus'].map((name) => `e2e/${name}.e2e.ts`);

// Browser tests drive Debian's Chromium against $SIGHTLINE_URL, one at a time:
// they share that server.
export default defineConfig({
  test: {
    include: process.env.SIGHTLINE_E2E === 'stories' ? stories : ['e2e/**/*.e2e.ts'],
    fileParallelism: false,
    isolate: false, // one process, and one browser in it, for all files
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // A busy machine may need more than the usual second to draw.
    expect: { poll: { timeout: 15_000 } },
  },
});
