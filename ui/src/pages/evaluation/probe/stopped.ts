/** The evaluations whose probe was stopped by hand: it does not start by itself again in this tab. */
const key = (id: string) => `sightline-probe-stopped ${id}`;

export function wasStopped(id: string): boolean {
  try {
    return sessionStorage.getItem(key(id)) !== null;
  } catch {
    return false; // Storage is off.
  }
}

export function noteStopped(id: string): void {
  try {
    sessionStorage.setItem(key(id), '');
  } catch {
    // Storage is off: it is asked again when the page is opened again.
  }
}
