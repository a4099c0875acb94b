/** A page for every test of a file, on which nothing may have gone wrong when the test ends. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launch, serverURL, type Visit, visit } from './browser';

export function pageForEach() {
  const base = serverURL();
  let browser: Browser;
  let current: Visit;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    current = await visit(browser, base);
  });
  afterEach(async () => {
    await current.page.close();
    expect(current.faults).toEqual([]);
  });
  return {
    base,
    page: () => current.page,
    /** another is a second page, which the test closes. */
    another: (looks = {}) => visit(browser, base, looks),
    /** excuse forgets what a test has made go wrong. */
    excuse: (fault: RegExp) => {
      current.faults = current.faults.filter((each) => !fault.test(each));
    },
  };
}
