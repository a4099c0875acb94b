/** The table of what each class looks at: its columns, their order, its cells. */
import type { Look, LookRow, RegionShare } from '../../../api/types';

/** columns are the dataset's regions, or those of every image where it has none. */
export function columns({ all }: Pick<Look, 'all'>): string[] {
  const own = all.regions.filter(({ builtin }) => !builtin);
  return (own.length ? own : all.regions).map(({ region }) => region);
}

export const shareOf = (row: LookRow, region: string): RegionShare | undefined =>
  row.regions.find((r) => r.region === region);

/** ordered puts the rows with the largest share of a region first, those without one last; '' keeps their order. */
export function ordered(rows: LookRow[], region: string): LookRow[] {
  if (!region) return rows;
  const key = (row: LookRow) => {
    const share = shareOf(row, region)?.share;
    return share?.n ? share.mean : -1;
  };
  return [...rows].sort((a, b) => key(b) - key(a));
}
