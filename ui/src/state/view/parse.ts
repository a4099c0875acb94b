/** The parameters of the address besides those of the slice, each with its reading and its writing. */
import { decode, type Field, number, oneOf, unit } from './field';

function readWindow(text: string): [number, number, number] | null {
  const parts = text.split(',').map(number);
  const [row, column, size] = parts;
  if (parts.length !== 3 || row == null || column == null || size == null || size < 1) return null;
  return [Math.max(0, row), Math.max(0, column), size];
}

/** writeOptions writes settings as "rise.limit:512;rise.fill:blur", sorted, so that equal states have equal addresses. */
function writeOptions(options: Record<string, string>): string {
  const escape = (text: string) => text.replace(/[%;:]/g, encodeURIComponent);
  return Object.keys(options)
    .sort()
    .map((name) => `${escape(name)}:${escape(options[name])}`)
    .join(';');
}

function readOptions(text: string): Record<string, string> {
  const pairs = text.split(';').map((part) => part.split(':').map(decode));
  return Object.fromEntries(pairs.filter((pair) => pair.length === 2 && pair[0].includes('.')));
}

const list = (text: string): string[] => [...new Set(text.split(',').filter(Boolean))];

/** All parameters, in the order in which addresses have them. */
export const fields: Record<string, Field> = {
  vs: { write: (v) => v.vs, read: (v, t) => (v.vs = t) },
  sort: {
    write: (v) => (v.sort === '-confidence' ? null : v.sort),
    read: (v, t) =>
      (v.sort = oneOf(t, ['-confidence', 'confidence', '-loss', 'path', 'share', '-share'], '-confidence')),
  },
  values: {
    write: (v) => (v.matrix.values === 'counts' ? null : v.matrix.values),
    read: (v, t) => (v.matrix.values = oneOf(t, ['counts', 'row', 'column', 'where'], 'counts')),
  },
  order: {
    write: (v) => (v.matrix.order === 'name' ? null : v.matrix.order),
    read: (v, t) => (v.matrix.order = oneOf(t, ['name', 'error', 'cluster'], 'name')),
  },
  empty: {
    write: (v) => (v.matrix.hideEmpty ? null : 'show'),
    read: (v, t) => (v.matrix.hideEmpty = t !== 'show'),
  },
  window: {
    write: (v) => v.matrix.window?.join(',') ?? null,
    read: (v, t) => (v.matrix.window = readWindow(t)),
  },
  find: { write: (v) => v.matrix.find, read: (v, t) => (v.matrix.find = number(t)) },
  curve: { write: (v) => v.curve, read: (v, t) => (v.curve = number(t)) },
  overlay: { write: (v) => (v.map.overlay ? 1 : null), read: (v, t) => (v.map.overlay = t === '1') },
  scale: {
    write: (v) => (v.map.scale === 'image' ? null : v.map.scale),
    read: (v, t) => (v.map.scale = oneOf(t, ['image', 'shared'], 'image')),
  },
  top: {
    write: (v) => v.map.top,
    read: (v, t) => (v.map.top = (number(t) ?? 0) > 0 ? number(t) : null),
  },
  method: { write: (v) => v.map.method, read: (v, t) => (v.map.method = t) },
  options: {
    write: (v) => writeOptions(v.map.options),
    read: (v, t) => (v.map.options = readOptions(t)),
  },
  target: {
    write: (v) => v.map.target,
    read: (v, t) => (v.map.target = t),
  },
  layout: {
    write: (v) => (v.map.layout === 'side' ? null : v.map.layout),
    read: (v, t) => (v.map.layout = oneOf(t, ['side', 'blend', 'compare'], 'side')),
  },
  opacity: {
    write: (v) => (v.map.opacity === 0.75 ? null : v.map.opacity),
    read: (v, t) => (v.map.opacity = unit(t, 0.75)),
  },
  colours: {
    write: (v) => (v.map.colours === 'inferno' ? null : v.map.colours),
    read: (v, t) => (v.map.colours = oneOf(t, ['inferno', 'viridis', 'cividis', 'diverging'], 'inferno')),
  },
  cut: { write: (v) => v.map.cut || null, read: (v, t) => (v.map.cut = unit(t, 0)) },
  boxes: { write: (v) => (v.map.boxes ? null : 0), read: (v, t) => (v.map.boxes = t !== '0') },
  by: {
    write: (v) => (v.by === 'label' ? null : v.by),
    read: (v, t) =>
      (v.by = t.startsWith('tag:') ? t : oneOf(t, ['label', 'predicted', 'error', 'confidence'], 'label')),
  },
  beside: {
    write: (v) => v.beside.join('|'), // which no slice has in it
    read: (v, t) => (v.beside = [...new Set(t.split('|').filter(Boolean))]),
  },
  methods: {
    write: (v) => v.compare.methods.join(','),
    read: (v, t) => (v.compare.methods = list(t)),
  },
  targets: {
    write: (v) => v.compare.targets.join(','),
    read: (v, t) => (v.compare.targets = list(t)),
  },
  hand: { write: (v) => (v.page === 'sample' ? v.hand : null), read: (v, t) => (v.hand = t) },
};
