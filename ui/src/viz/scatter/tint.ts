/** What colours the points of a map: by a class, right and wrong, confidence, or a tag. */
import type { Lut } from '../colour';

export interface Values {
  label: Int32Array;
  predicted: Int32Array;
  confidence: Float32Array;
  inside: Uint8Array;
}

export type By = 'label' | 'predicted' | 'error' | 'confidence' | 'tag';
type Rgb = [number, number, number];

/** Ten colours that differ for most eyes on light and dark paper; beyond them hues go round. */
const ten: Rgb[] = [
  [49, 120, 198],
  [226, 119, 26],
  [46, 153, 90],
  [196, 60, 74],
  [132, 94, 194],
  [150, 100, 70],
  [217, 108, 178],
  [120, 132, 148],
  [168, 160, 30],
  [30, 165, 180],
];
const none: Rgb = [130, 130, 130];

/** classColour is that of a class among so many: all of them keep theirs, whatever is in view. */
export function classColour(index: number, classes: number): Rgb {
  if (index < 0) return none;
  if (classes <= ten.length) return ten[index];
  const hue = (index * 137.508) % 360;
  return hsl(hue, 0.55, index % 2 ? 0.42 : 0.56);
}

function hsl(hue: number, saturation: number, light: number): Rgb {
  const part = (n: number) => {
    const k = (n + hue / 30) % 12;
    const a = saturation * Math.min(light, 1 - light);
    return Math.round(255 * (light - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [part(0), part(8), part(4)];
}

/** Of images outside the slice little is seen. */
const outside = 26;
const within = 205;

/**
 * tinted gives each point its colour, and the order of drawing: what is outside the slice lies below,
 * what stands out (mistakes, the tag) above.
 */
export function tinted(
  v: Values,
  by: By,
  classes: number,
  strong: Rgb,
  lut: Lut,
  marked: Uint8Array | null,
): { colours: Uint8Array; order: Uint32Array } {
  const n = v.label.length;
  const colours = new Uint8Array(4 * n);
  const layers: number[][] = [[], [], []];
  for (let i = 0; i < n; i++) {
    const wrong = v.label[i] >= 0 && v.label[i] !== v.predicted[i];
    const stands = by === 'error' ? wrong : by === 'tag' ? marked?.[i] === 1 : false;
    let rgb: Rgb = none;
    if (by === 'label') rgb = classColour(v.label[i], classes);
    else if (by === 'predicted') rgb = classColour(v.predicted[i], classes);
    else if (by === 'confidence') {
      const at = 3 * Math.round(255 * Math.min(1, Math.max(0, v.confidence[i])));
      rgb = [lut[at], lut[at + 1], lut[at + 2]];
    } else if (stands) rgb = strong;
    colours.set(rgb, 4 * i);
    colours[4 * i + 3] = v.inside[i] ? within : outside;
    layers[v.inside[i] ? (stands ? 2 : 1) : 0].push(i);
  }
  return { colours, order: Uint32Array.from(layers.flat()) };
}
