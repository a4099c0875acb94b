/** Regions in the order in which pages list them, and places on a bar of shares. */

interface Listed {
  region: string;
  builtin?: boolean;
}

const inGrid = ({ builtin, region }: Listed) => !!builtin && region.startsWith('grid ');

/** arranged puts what the dataset marks before what every image has; the cells of the grid stand apart. */
export const arranged = <T extends Listed>(regions: T[]): { rows: T[]; grid: T[] } => ({
  rows: [
    ...regions.filter(({ builtin }) => !builtin),
    ...regions.filter((region) => region.builtin && !inGrid(region)),
  ],
  grid: regions.filter(inGrid),
});

/** at is where a share from 0 to 1 lies on a bar. */
export const at = (share: number): string => `${100 * Math.min(1, Math.max(0, share))}%`;
