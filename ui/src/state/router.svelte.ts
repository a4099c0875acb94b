/** The current view, tied to the browser's address and history. */
import { below } from '../api/root';
import { formatView, parseView } from './view/address';
import { leave } from './place';
import type { View } from './view/view';

const here = () => location.pathname + location.search;

class Router {
  view: View = $state.raw(parseView(here()));

  constructor() {
    addEventListener('popstate', () => (this.view = parseView(here())));
  }

  /** open goes to a view as a step that "back" undoes. */
  open(view: View): void {
    const pageChanges = view.page !== this.view.page;
    const address = formatView(view);
    if (pageChanges) leave(here());
    if (address !== here()) history.pushState(null, '', address);
    this.view = view;
    if (pageChanges) scrollTo(0, 0);
  }

  /** adjust changes the view in place: sliders and zooming should not fill the history. */
  adjust(view: View): void {
    history.replaceState(null, '', formatView(view));
    this.view = view;
  }

  /** follow turns a click on a link within the interface into open; others stay the browser's. */
  follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest('a');
    if (!link || link.ariaDisabled === 'true' || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.getAttribute('href') ?? (link.getAttribute('xlink:href') || ''), location.href);
    const path = url.origin === location.origin ? below(url.pathname) : null;
    if (path === null || path.startsWith('/api/') || url.hash) return;
    event.preventDefault();
    this.open(parseView(url.pathname + url.search));
  };
}

export const router = new Router();

export { changed } from './view/changed';
