/**
 * reveal brings an element to the top of the window where the one that follows it
 * begins below the window: on narrow screens what a click changes is out of sight.
 */
export function reveal(element: Element, next: Element | null): void {
  const begin = (next ?? element).getBoundingClientRect().top;
  if (begin < window.innerHeight - glimpse) return;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ block: 'start', behavior: calm ? 'auto' : 'smooth' });
}

/** glimpse is as much of an element, in pixels, as shows that it is there. */
const glimpse = 120;
