/** Naming a slice in words: the same words stand over the gallery and on the sample page. */
import { isSliced, type Slice } from './view';
import { percent } from '../../format';

export function sliceTitle(slice: Slice, classes: string[]): string {
  const name = (index: number) => (index < 0 ? 'no decision' : (classes[index] ?? `class ${index}`));
  const parts: string[] = [];
  if (!isSliced(slice)) parts.push('All mistakes');
  else if (slice.label !== null && slice.predicted !== null) {
    parts.push(`${name(slice.label)} → ${name(slice.predicted)}`);
  } else if (slice.label !== null) parts.push(`Labelled ${name(slice.label)}`);
  else if (slice.predicted !== null) {
    parts.push(slice.predicted < 0 ? 'No decision' : `Predicted ${name(slice.predicted)}`);
  }
  if (slice.correct === 'true') parts.push('right');
  if (slice.correct === 'false') parts.push(parts.length ? 'wrong' : 'Mistakes');
  if (slice.correct === 'any' && !parts.length) parts.push('All images');
  if (slice.minConfidence !== null || slice.maxConfidence !== null) {
    parts.push(`confidence ${range(slice.minConfidence, slice.maxConfidence)}`);
  }
  if (slice.scoreClass !== null) {
    parts.push(`score of ${name(slice.scoreClass)} ${range(slice.minScore, slice.maxScore)}`);
  }
  if (slice.text) parts.push(`path has “${slice.text}”`);
  const title = parts.join(', ');
  return title[0].toUpperCase() === title[0] || slice.label !== null
    ? title
    : title[0].toUpperCase() + title.slice(1);
}

function range(low: number | null, high: number | null): string {
  if (low !== null && high !== null) return `${percent(low, 0)} to ${percent(high, 0)}`;
  return low !== null ? `at least ${percent(low)}` : `at most ${percent(high)}`;
}
