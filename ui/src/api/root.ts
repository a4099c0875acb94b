/**
 * Where Sightline lies on its host: "/", or "/prefix/" behind a proxy. Its own page tells: the server
 * writes its files relative to the page's address, and the icon is one at the top. It is read once, since
 * the address changes as one goes on.
 */
const icon = globalThis.document?.querySelector<HTMLLinkElement>('link[rel="icon"]');

/** A browser would look for it anew, relative to where one has gone. */
icon?.setAttribute('href', icon.href);

export const root = icon ? new URL('.', icon.href).pathname : '/';

/** at is the address of one of the server's paths, such as "/api/status". */
export const at = (path: string): string => root + path.slice(1);

/** below is the path that an address stands for; null for one of something else on the host. */
export const below = (address: string): string | null =>
  address.startsWith(root) ? address.slice(root.length - 1) : null;
