/** The table of what each class looks at: its columns, their order, its cells. */
import type { Look, LookRow, RegionShare } from '../../../api/types';

/** columns are the dataset's regions, or those of every image where it has none. */
export function columns({ all }: Pick<Look, 'all'>): string[] {
  const own = all.regions.filter(({ builtin }) => !builtin);
  return (own.length ? own : all.regions).map(({ region }) => region);
}

export const shareOf = (row: LookRow, region: string): RegionShare | undefined =>
  row.regions.find((r) => r.region === region);

/** composed tells which columns are put together from several regions: no image has one called so. */
export const composed = (region: string): boolean => ['object of the label', 'elsewhere'].includes(region);

export const redOf = ({ verdicts }: Pick<LookRow, 'verdicts'>): number => verdicts?.red ?? 0;

/** What rows are sorted by besides regions, whose names are never empty or start with a space. */
export const [byMaps, byRed] = [' maps', ' red'];

/** ordered puts the rows with the largest share of a region first, or with the most maps or red ones, those without one last; '' keeps their order. */
export function ordered(rows: LookRow[], region: string): LookRow[] {
  if (!region) return rows;
  const key = (row: LookRow) => {
    if (region === byMaps) return row.maps;
    if (region === byRed) return redOf(row);
    const share = shareOf(row, region)?.share;
    return share?.n ? share.mean : -1;
  };
  return [...rows].sort((a, b) => key(b) - key(a));
}
