/** Numbers and names as the pages show them. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** count: 12,345. */
export const count = (value: number): string => whole.format(value);

/** percent: 0.9342 → "93.4 %" (narrow no-break space); null → "–". */
export function percent(value: number | null | undefined, digits = 1): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  return `${(value * 100).toFixed(digits)}\u202f%`;
}

/** unbroken keeps a number and its percent sign in one line, in sentences that the server made. */
export const unbroken = (text: string): string => text.replace(/(\d) %/g, '$1\u00a0%');

/** fixed: 0.12345 → "0.123"; null → "–". */
export function fixed(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined || Number.isNaN(value)
    ? '–'
    : value
        .toFixed(digits)
        .replace(/^-(?=[0.]*$)/, '')
        .replace('-', '−');
}

/** signed: keeps three significant digits, with a true minus sign. */
export function signed(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Number(value.toPrecision(3)).toString().replace(/-/g, '−');
}

/** raw: a stored value in six significant digits, enough to tell float32 values of a map apart. */
export function raw(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('-', '−');
  return Number(value.toPrecision(6)).toString().replace(/-/g, '−');
}

export function bytes(value: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB'];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? value.toFixed(0) : value.toFixed(1)}\u202f${units[unit]}`;
}

/** duration: 75 → "1 min 15 s". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${seconds.toFixed(0)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

/** pace: " · 256 per second · at most 2.0 s left"; nothing before the first is done, for then neither is known. */
export function pace(at: { rate: number; eta_seconds: number } | undefined, most = ''): string {
  if (!at || !(at.rate > 0)) return '';
  const each = at.rate < 0.1 ? `${duration(1 / at.rate)} each` : `${rate(at.rate)} per second`;
  return ` · ${each} · ${most}${duration(at.eta_seconds)} left`;
}

/** rate: things per second, of few with one decimal. */
export const rate = (perSecond: number): string =>
  perSecond < 9.95 ? perSecond.toFixed(1).replace(/\.0$/, '') : count(perSecond);

/** plural: 1 image, 2 images. */
export const plural = (value: number, noun: string, many = noun + 's'): string =>
  `${count(value)} ${value === 1 ? noun : many}`;

/** when: a date and time in the reader's zone. */
export function when(text: string | null | undefined): string {
  const date = text ? new Date(text) : null;
  if (!date || Number.isNaN(date.getTime()) || date.getFullYear() < 2000) return '';
  return date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

/** fileName: the last part of a path. */
export const fileName = (path: string): string => path.split('/').pop() ?? path;

/** quoted is a word of a shell command: quoted where the shell would take it apart. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
