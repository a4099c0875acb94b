/** Verdicts in words: a badge never means anything by its colour alone. */
import type { AttributionMap, Trust, Verdict } from '../api/types';

/** What a badge shows: a verdict, or that there is none. */
export type Badge = Verdict | 'none';

/** badgeOf is what is known of a map: one that means nothing is red without being measured. */
export function badgeOf(map: Pick<AttributionMap, 'verdict' | 'degenerate'> | undefined): Badge {
  if (map?.degenerate) return 'red';
  return map?.verdict ?? 'none';
}

export const badgeWords: Record<Badge, string> = {
  green: 'better than its controls',
  amber: 'not told apart from its controls',
  red: 'worse than its controls, or meaningless',
  none: 'not measured',
};

const lessons: Record<Verdict, string> = {
  green:
    'What the map ranks high does carry the score on this image. That is about the model, not about the world: it does not say that the model looks at the right thing.',
  amber: 'The map may still be right, but the test does not show it: do not build on it alone.',
  red: 'Do not read this map as a reason. Try another method.',
};

/** lesson says what a reader may conclude. */
export const lesson = (verdict: string): string => lessons[verdict as Verdict] ?? '';

/** The share of the controls that the map beats, by insertion minus deletion. */
export function beaten(trust: Trust): { of: number; beaten: number } {
  const controls = trust.controls ?? [];
  const won = controls.filter(({ difference }) => trust.map.auc.difference > difference);
  return { of: controls.length, beaten: won.length };
}
