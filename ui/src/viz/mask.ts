/**
 * Masks as the API gives them: width and height of the image, then the lengths
 * of the runs of pixels, down the columns, that are in turn outside and inside.
 */

/** columnsOf lists, per column, the stretches of pixels inside: from a row up to another. */
export function columnsOf([width, height, ...runs]: number[]): [number, number][][] {
  const columns: [number, number][][] = Array.from({ length: width }, () => []);
  let at = 0;
  runs.forEach((run, i) => {
    for (let from = at; i % 2 === 1 && from < at + run;) {
      const column = Math.floor(from / height);
      const to = Math.min(at + run, (column + 1) * height);
      columns[column]?.push([from - column * height, to - column * height]);
      from = to;
    }
    at += run;
  });
  return columns;
}

/** maskArea is the number of pixels inside. */
export function maskArea([, , ...runs]: number[]): number {
  return runs.reduce((sum, run, i) => sum + (i % 2) * run, 0);
}

/** maskContains tells whether the pixel that holds a point is inside. */
export function maskContains([width, height, ...runs]: number[], x: number, y: number): boolean {
  if (!(x >= 0 && y >= 0 && x < width && y < height)) return false;
  let left = Math.floor(x) * height + Math.floor(y);
  for (let i = 0; i < runs.length; i++) {
    if ((left -= runs[i]) < 0) return i % 2 === 1;
  }
  return false;
}

/** maskTop is the upper end of the first column with the highest pixel. */
export function maskTop(points: number[]): [number, number] {
  let best: [number, number] = [0, points[1]];
  columnsOf(points).forEach((column, x) => {
    if (column.length > 0 && column[0][0] < best[1]) best = [x, column[0][0]];
  });
  return best;
}

/** maskOutline is an SVG path along the edges between pixels inside and outside. */
export function maskOutline(points: number[]): string {
  const columns = columnsOf(points);
  const parts: string[] = [];
  for (let x = 0; x <= columns.length; x++) {
    const here = columns[x] ?? [];
    for (const [from, to] of here) parts.push(`M${x} ${from}h1M${x} ${to}h1`);
    for (const [from, to] of differing(columns[x - 1] ?? [], here)) parts.push(`M${x} ${from}V${to}`);
  }
  return parts.join('');
}

/** differing lists the stretches that are in one of two lists and not in the other. */
function differing(a: [number, number][], b: [number, number][]): [number, number][] {
  const ends = [...a.flat(), ...b.flat()].sort((p, q) => p - q);
  const out: [number, number][] = [];
  for (let i = 0; i + 1 < ends.length; i += 2) if (ends[i] < ends[i + 1]) out.push([ends[i], ends[i + 1]]);
  return out;
}
