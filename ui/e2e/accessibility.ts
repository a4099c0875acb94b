import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** violations lists what axe finds wrong with the page as it is: the rules of WCAG 2.2 A and AA, and best practice. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as any; // axe-core is no part of what is built
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const also = { 'target-size': { enabled: true }, 'label-content-name-mismatch': { enabled: true } };
    const found = await axe.run(document, { runOnly: tags, rules: also });
    return found.violations.flatMap(({ id, nodes }: any) =>
      nodes.map((node: any) => `${id}: ${node.html.slice(0, 160)}`),
    );
  });
}

/**
 * smallTargets runs in the page and lists what is less than `least` pixels high or wide to press:
 * links, buttons and fields with their labels. Links in a line of text and bars of a chart may be smaller.
 */
export function smallTargets(least: number): string[] {
  const faults: string[] = [];
  for (const control of document.querySelectorAll<HTMLElement>('a, button, input, select, summary')) {
    if (control.closest('.hidden, svg') || !control.getClientRects().length) continue;
    const inText = control.matches('a') && control.parentElement!.matches('p, dd, li, [role="status"]');
    if (inText && getComputedStyle(control).display === 'inline') continue;
    const label = control.matches('[type="checkbox"]') ? control.closest('label') : null;
    const { width, height } = (label ?? control).getBoundingClientRect();
    if (Math.min(width, height) < least - 0.5)
      faults.push(`${Math.round(width)} × ${Math.round(height)}: ${control.outerHTML.slice(0, 120)}`);
  }
  return faults;
}

/**
 * inspect runs in the page and lists what a reader without a mouse, with a
 * screen reader or with weak sight would stumble over, and axe does not see: overflow,
 * references that lead nowhere, and contrast on every painted ground.
 */
export function inspect(): string[] {
  const faults: string[] = [];
  const show = (element: Element) => element.outerHTML.slice(0, 90);
  const visible = (element: Element) => element.getClientRects().length > 0;

  const overflow = document.documentElement.scrollWidth - innerWidth;
  if (overflow > 0) faults.push(`the page is ${overflow} px too wide`);
  for (const name of ['main', 'header', 'h1']) {
    const found = document.querySelectorAll(name).length;
    if (found !== 1) faults.push(`${found} elements <${name}>, not one`);
  }
  for (const image of document.images) if (!image.hasAttribute('alt')) faults.push(`no alt: ${show(image)}`);

  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) faults.push(`id twice: ${id}`);
  for (const element of document.querySelectorAll('[aria-labelledby], [aria-describedby], [aria-controls]')) {
    for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls']) {
      for (const id of element.getAttribute(name)?.split(' ') ?? [])
        if (!document.getElementById(id)) faults.push(`${name} leads nowhere: ${show(element)}`);
    }
  }

  const controls = document.querySelectorAll(
    'a[href], button, input, select, canvas[tabindex], svg[tabindex], progress',
  );
  for (const control of controls) {
    const labels = (control as HTMLInputElement).labels;
    const name =
      control.getAttribute('aria-label') ||
      [...(labels ?? [])].map((label) => label.textContent).join('') ||
      (control instanceof HTMLInputElement || control instanceof HTMLSelectElement
        ? ''
        : control.textContent) ||
      [...control.querySelectorAll('img')].map((image) => image.alt).join('');
    if (visible(control) && !name?.trim()) faults.push(`no name: ${show(control)}`);
  }

  // Contrast of text on the nearest painted ground, WCAG 2 AA: 4.5 to 1.
  const channel = (v: number) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = (c: number[]) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parse = (text: string) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const ground = (element: Element | null): number[] => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent!.trim());
    if (!own || !visible(element) || element.closest('svg, .hidden, option')) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(1)}: ${show(element)}`);
  }
  return faults;
}
