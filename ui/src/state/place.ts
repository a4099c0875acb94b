/**
 * Where the focus goes when the page changes: to the heading of the new one, and
 * on the way back to where it was. The page's parts come one after the other, as
 * the server answers.
 */

/** Links that were followed from an address, so that coming back to it finds them. */
const followed = new Map<string, string>();

/** leave notes the link that has the focus on a page that is left; a gallery finds its image by itself. */
export function leave(address: string): void {
  const link = document.activeElement?.closest('a[href]:not([data-index])');
  const href = link?.getAttribute('href');
  if (href) followed.set(address, href);
  else followed.delete(address);
}

/** Nobody chose where the focus is: it fell to the page, or we put it on a heading, or it is where it was before. */
const unclaimed = (before: Element | null) => {
  const on = document.activeElement;
  return !on || on === before || on.matches('body, main, h1');
};

const patience = 20_000;

/** arrive brings the focus to the heading of a page once it is there, and from it to the link followed before. */
export function arrive(main: HTMLElement, address: string): () => void {
  const href = followed.get(address);
  const before = document.activeElement;
  const stop = () => {
    watch.disconnect();
    clearTimeout(timer);
  };
  function look() {
    if (!unclaimed(before)) return stop();
    const heading = main.querySelector<HTMLElement>('h1');
    if (heading && !heading.hasAttribute('tabindex')) heading.tabIndex = -1;
    if (heading && document.activeElement !== heading) heading.focus({ preventScroll: true });
    const link = href && main.querySelector<HTMLElement>(`a[href="${CSS.escape(href)}"]`);
    if (link) link.focus({ preventScroll: true });
    if (link || (heading && !href)) stop();
  }
  const watch = new MutationObserver(look);
  const timer = setTimeout(stop, patience);
  watch.observe(main, { childList: true, subtree: true });
  look();
  return stop;
}

/** The image looked at last: the gallery that shows its slice goes on there. */
let looked = { slice: '', position: -1 };

/** sliceKey names the images of a slice in their order. */
export const sliceKey = (evaluation: string, slice: string, sort: string): string =>
  JSON.stringify([evaluation, slice, sort]);

export function lookAt(slice: string, position: number): void {
  looked = { slice, position };
}

/** lookedAt is the position of the image looked at last in a slice, told once; -1 of another slice. */
export function lookedAt(slice: string): number {
  const { position } = looked.slice === slice ? looked : { position: -1 };
  looked = { slice: '', position: -1 };
  return position;
}
