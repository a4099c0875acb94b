/**
 * What tests of components share: a component mounted as the page does it, and
 * the drawing and measuring that happy-dom does not do. What the server would
 * answer is given by each test, in the types of the API.
 */
import { type Component, flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, vi } from 'vitest';

/** Width that every element has: happy-dom lays nothing out. */
export const width = 800;

type Call = [name: string, ...values: unknown[]];

/** What was drawn on any canvas since the test began. */
export let drawn: Call[] = [];

/** A drawing context that notes what is called; a letter is six pixels wide. */
function context(): unknown {
  const own: Record<string, unknown> = {
    measureText: (text: string) => ({ width: 6 * text.length }),
  };
  return new Proxy(own, {
    get: (_, name: string) => own[name] ?? ((...values: unknown[]) => void drawn.push([name, ...values])),
    set: (_, name: string, value) => ((own[name] = value), true),
  });
}

class Canvas {
  constructor(
    public width: number,
    public height: number,
  ) {}
  getContext = context;
}

class Pixels {
  data: Uint8ClampedArray;
  constructor(data: Uint8ClampedArray | number, width: number, height?: number) {
    this.data = typeof data === 'number' ? new Uint8ClampedArray(4 * data * width) : data;
    void height;
  }
}

/** Everything is in sight as soon as it is looked at. */
class Sight {
  constructor(private readonly seen: (entries: { isIntersecting: boolean }[]) => void) {}
  observe = () => this.seen([{ isIntersecting: true }]);
  disconnect = () => {};
}

let shown: ReturnType<typeof mount>[] = [];

/** leave takes away what is shown, as going to another page does. */
export function leave(): void {
  shown.forEach((component) => void unmount(component));
  shown = [];
  document.body.innerHTML = '';
}

/** useDOM prepares each test of a file, and cleans up after it. */
export function useDOM(): void {
  beforeEach(() => {
    drawn = [];
    vi.stubGlobal('OffscreenCanvas', Canvas);
    vi.stubGlobal('ImageData', Pixels);
    vi.stubGlobal('IntersectionObserver', Sight);
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation(context as never);
    for (const name of ['clientWidth', 'clientHeight'] as const)
      vi.spyOn(HTMLElement.prototype, name, 'get').mockReturnValue(width);
    Element.prototype.scrollIntoView ??= () => {};
  });
  afterEach(() => {
    leave();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
}

/** show mounts a component in an empty page. Properties that a test changes are given as $state. */
export function show<P extends Record<string, any>>(
  component: Component<P, any, any>,
  props: P,
): HTMLElement {
  shown.push(mount(component, { target: document.body, props }));
  flushSync();
  return document.body;
}

/** settled waits until answers have arrived and are drawn. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 8; i++) {
    await new Promise((resolve) => setTimeout(resolve));
    await tick();
  }
}

export const find = <E extends Element = HTMLElement>(selector: string): E => {
  const found = document.querySelector<E>(selector);
  if (!found) throw new Error(`nothing is ${selector} in ${document.body.innerHTML.slice(0, 2000)}`);
  return found;
};

/** labelled is the text of a field's own label. */
function labelled(element: HTMLElement): string {
  const label = element.closest('label') ?? document.querySelector(`label[for="${element.id}"]`);
  return label?.textContent?.trim().replace(/\s+/g, ' ') ?? '';
}

/** named finds a button, link or field by what it is called. */
export function named(name: string, within: ParentNode = document): HTMLElement {
  const all = [
    ...within.querySelectorAll<HTMLElement>('a, button, input, select, textarea, [role="option"]'),
  ];
  const label = (element: HTMLElement) =>
    element.getAttribute('aria-label') || labelled(element) || element.textContent!.trim();
  const found = all.find((element) => label(element) === name) ?? all.find((e) => label(e)?.startsWith(name));
  if (!found) throw new Error(`no control is called ${name}: there are ${all.map(label).join(', ')}`);
  return found;
}

export function click(element: HTMLElement): void {
  element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  flushSync();
}

export function press(key: string, on: Element = document.activeElement!): void {
  on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  flushSync();
}

/** enter gives a field a value as a hand does. */
export function enter(field: HTMLElement, value: string): void {
  (field as HTMLInputElement).value = value;
  for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
  flushSync();
}
