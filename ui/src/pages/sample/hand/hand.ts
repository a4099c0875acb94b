/** A change of an image by hand, as it stands in the address: "pyramid:10,20,60,80", "blur:head", "swap.17:10,20,60,80". */
export type Fill = 'pyramid' | 'blur' | 'mean' | 'swap';
export type Box = [number, number, number, number];

export interface Hand {
  fill: Fill;
  /** Of swap: the sample that the same place is taken from; 0 for none yet. */
  donor: number;
  /** The area: a box in the image's pixels, or a region by its name; neither: nothing is drawn yet. */
  box: Box | null;
  region: string;
}

const fills: Fill[] = ['pyramid', 'blur', 'mean', 'swap'];

export function readHand(text: string): Hand {
  const hand: Hand = { fill: 'pyramid', donor: 0, box: null, region: '' };
  const colon = text.indexOf(':');
  const [fill, donor] = (colon < 0 ? text : text.slice(0, colon)).split('.');
  hand.fill = fills.find((f) => f === fill) ?? 'pyramid';
  hand.donor = Math.max(0, Math.floor(Number(donor) || 0));
  const where = colon < 0 ? '' : text.slice(colon + 1);
  const numbers = where.split(',').map(Number);
  if (numbers.length === 4 && numbers.every((n) => Number.isFinite(n))) hand.box = numbers as Box;
  else hand.region = where;
  return hand;
}

export function writeHand({ fill, donor, box, region }: Hand): string {
  const how = fill === 'swap' && donor ? `swap.${donor}` : fill;
  return `${how}:${box ? box.map((n) => Math.round(n)).join(',') : region}`;
}

/** complete tells whether there is something to ask the model. */
export const complete = (hand: Hand): boolean =>
  (hand.box !== null || hand.region !== '') && (hand.fill !== 'swap' || hand.donor > 0);

/** within keeps a box inside the image, two pixels wide and high at least. */
export function within([x0, y0, x1, y1]: Box, width: number, height: number): Box {
  const side = (a: number, b: number, most: number): [number, number] => {
    const size = Math.max(2, Math.min(most, Math.abs(b - a)));
    const low = Math.max(0, Math.min(most - size, Math.min(a, b)));
    return [low, low + size];
  };
  const [left, right] = side(x0, x1, width);
  const [top, bottom] = side(y0, y1, height);
  return [left, top, right, bottom];
}

/** moved is the box after a key: arrows move it, with Shift they change its size; null for another key. */
export function moved(box: Box, key: string, resize: boolean, width: number, height: number): Box | null {
  const step = Math.max(1, Math.round(Math.max(width, height) / 40));
  const by: Record<string, [number, number]> = {
    ArrowLeft: [-step, 0],
    ArrowRight: [step, 0],
    ArrowUp: [0, -step],
    ArrowDown: [0, step],
  };
  if (!(key in by)) return null;
  const [dx, dy] = by[key];
  const [x0, y0, x1, y1] = box;
  const size: Box = [x0, y0, Math.max(x0 + 2, x1 + dx), Math.max(y0 + 2, y1 + dy)];
  return within(resize ? size : [x0 + dx, y0 + dy, x1 + dx, y1 + dy], width, height);
}

/** middle is the box that the keyboard starts with: the middle third. */
export const middle = (width: number, height: number): Box =>
  [width / 3, height / 3, (2 * width) / 3, (2 * height) / 3].map(Math.round) as Box;
