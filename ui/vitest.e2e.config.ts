import { defineConfig } from 'vitest/config';

// Browser tests drive Debian's Chromium against $SIGHTLINE_URL, one at a time:
// they share that server.
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // A busy machine may need more than the usual second to draw.
    expect: { poll: { timeout: 15_000 } },
  },
});
