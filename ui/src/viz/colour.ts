/**
 * Colour maps as look-up tables of 256 RGB triples. viridis, cividis and
 * inferno are matplotlib's (CC0), from ten anchors each; "diverging" is made in
 * OKLab, blue below and red above a light middle, as the command line draws it.
 */

export type Lut = Uint8ClampedArray;

const anchors: Record<string, string> = {
  viridis: '440154 482878 3e4989 31688e 26828e 1f9e89 35b779 6ece58 b5de2b fde725',
  cividis: '00224e 123570 3b496c 575d6d 707173 8a8678 a59c74 c3b369 e1cc55 fee838',
  inferno: '000004 1b0c41 4a0c6b 781c6d a52c60 cf4446 ed6925 fb9b06 f7d13d fcffa4',
};

/** Lightness falls evenly from the middle to both ends while the chroma rises. */
function diverging(): Lut {
  const lut = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const t = i / 127.5 - 1;
    const strength = Math.abs(t);
    const hue = ((t < 0 ? 257 : 27) * Math.PI) / 180;
    const chroma = 0.17 * Math.sin((Math.PI / 2) * Math.min(1, 1.15 * strength));
    lut.set(fromOklab([0.96 - 0.5 * strength, chroma * Math.cos(hue), chroma * Math.sin(hue)]), 3 * i);
  }
  return lut;
}

type Rgb = [number, number, number];

export function parseHex(hex: string): Rgb {
  const value = parseInt(hex.trim().replace('#', ''), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function build(stops: Rgb[]): Lut {
  const lut = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(at));
    for (let c = 0; c < 3; c++)
      lut[3 * i + c] = stops[low][c] + (at - low) * (stops[low + 1][c] - stops[low][c]);
  }
  return lut;
}

const built = new Map<string, Lut>();

/** colourMap returns the table of a named map; an unknown name gives inferno. */
export function colourMap(name: string): Lut {
  const known = name in anchors || name === 'diverging' ? name : 'inferno';
  if (!built.has(known))
    built.set(known, known === 'diverging' ? diverging() : build(anchors[known].split(' ').map(parseHex)));
  return built.get(known)!;
}

/** gradient writes a map as a CSS gradient, for legends. */
export function gradient(name: string): string {
  const lut = colourMap(name);
  const stops = Array.from({ length: 18 }, (_, i) => `rgb(${lut.slice(45 * i, 45 * i + 3).join(' ')})`);
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

/**
 * ramp runs from one colour to another in OKLab (B. Ottosson, 2020), where
 * equal steps look equally large; plain RGB mixing would look muddy.
 */
export function ramp(from: Rgb, to: Rgb): Lut {
  const a = toOklab(from);
  const b = toOklab(to);
  const stops: Rgb[] = [];
  for (let i = 0; i <= 16; i++) {
    const t = i / 16;
    stops.push(fromOklab([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])]));
  }
  return build(stops);
}

const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const gamma = (c: number) => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);

function toOklab(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map((c) => linear(c / 255));
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([L, a, b]: Rgb): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return rgb.map((c) => Math.round(255 * Math.min(1, Math.max(0, gamma(c))))) as Rgb;
}
