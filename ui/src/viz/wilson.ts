/** The 97.5 % point of the normal distribution. */
const z = 1.959963984540054;

/**
 * wilson is the interval of confidence 95 % of a proportion (Wilson 1927), as Go's
 * stats.Wilson: it stays within 0 and 1; of none it is all of that.
 */
export function wilson(count: number, of: number): [low: number, high: number] {
  if (of <= 0) return [0, 1];
  const p = count / of;
  const centre = p + (z * z) / (2 * of);
  const half = z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  const below = 1 + (z * z) / of;
  return [count === 0 ? 0 : (centre - half) / below, count === of ? 1 : (centre + half) / below];
}
