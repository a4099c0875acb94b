/**
 * inspect runs in the page and lists what a reader without a mouse, with a
 * screen reader or with weak sight would stumble over; a small part of what
 * axe checks, without its half megabyte.
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
    if (!own || !visible(element) || element.closest('svg, .hidden, :disabled, .off, option')) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(1)}: ${show(element)}`);
  }
  return faults;
}
