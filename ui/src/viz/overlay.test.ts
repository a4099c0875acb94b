import { describe, expect, it } from 'vitest';
import type { AttributionMap, Region } from '../api/types';
import { apply, type Affine, invert } from './affine';
import { colourMap, ramp } from './colour';
import { contains, hottest, magnitude, regionAt, render, sample } from './overlay';

function makeMap(
  width: number,
  height: number,
  values: number[],
  matrix: Affine,
  size: [number, number],
): AttributionMap {
  return {
    width,
    height,
    values: new Float32Array(values),
    geometry: { matrix, display_width: size[0], display_height: size[1] },
  } as AttributionMap;
}

const style = { colours: 'viridis', opacity: 1, cut: 0, scale: 1, solid: true };
const alphaAt = (pixels: Uint8ClampedArray, width: number, x: number, y: number) =>
  pixels[4 * (y * width + x) + 3];

describe('affine transforms', () => {
  it('inverts, with rotation and shift', () => {
    const m: Affine = [0, -2, 30, 3, 0, -5]; // A quarter turn, as EXIF orientation 6 gives.
    const inverse = invert(m)!;
    const [x, y] = apply(inverse, ...apply(m, 7.25, -1.5));
    expect(x).toBeCloseTo(7.25, 12);
    expect(y).toBeCloseTo(-1.5, 12);
  });

  it('refuses a flat transform', () => {
    expect(invert([1, 2, 0, 2, 4, 0])).toBeNull();
  });
});

describe('reading a map', () => {
  const map = makeMap(2, 2, [0, 1, 2, 3], [1, 0, 0, 0, 1, 0], [2, 2]);

  it('gives the value at a cell centre and the mean between centres', () => {
    expect(sample(map, 0.5, 0.5)).toBe(0);
    expect(sample(map, 1.5, 1.5)).toBe(3);
    expect(sample(map, 1, 1)).toBe(1.5);
  });

  it('holds the rim and is nothing outside', () => {
    expect(sample(map, 0, 0)).toBe(0);
    expect(sample(map, 2, 2)).toBe(3);
    expect(sample(map, 2.01, 1)).toBeNaN();
  });
});

describe('drawing a map', () => {
  it('leaves what the model did not see transparent', () => {
    // A 2 × 2 map over the middle 20 pixels of a 40 × 20 image.
    const map = makeMap(2, 2, [1, 1, 1, 1], [10, 0, 10, 0, 10, 0], [40, 20]);
    const pixels = render(map, 40, 20, style);
    expect(alphaAt(pixels, 40, 9, 10)).toBe(0);
    expect(alphaAt(pixels, 40, 10, 10)).toBe(255);
    expect(alphaAt(pixels, 40, 29, 10)).toBe(255);
    expect(alphaAt(pixels, 40, 30, 10)).toBe(0);
  });

  it('turns with the image (EXIF orientation 6: stored left is displayed top)', () => {
    // Map cells in stored orientation; displayed X = 20 − 10 y, Y = 10 x.
    const map = makeMap(2, 2, [0, 0, 1, 0], [0, -10, 20, 10, 0, 0], [20, 20]);
    const at = hottest(map)!;
    expect([at.x, at.y]).toEqual([5, 5]);
    const pixels = render(map, 20, 20, { ...style, solid: false });
    expect(alphaAt(pixels, 20, 3, 3)).toBeGreaterThan(200);
    expect(alphaAt(pixels, 20, 16, 16)).toBe(0);
  });

  it('hides what is under the threshold', () => {
    const map = makeMap(2, 1, [0.2, 1], [10, 0, 0, 0, 10, 0], [20, 10]);
    const pixels = render(map, 20, 10, { ...style, cut: 0.5 });
    expect(alphaAt(pixels, 20, 2, 5)).toBe(0);
    expect(alphaAt(pixels, 20, 17, 5)).toBe(255);
  });

  it('shows negative values only where the colours have two sides', () => {
    const map = makeMap(1, 1, [-1], [10, 0, 0, 0, 10, 0], [10, 10]);
    const one = render(map, 10, 10, { ...style, solid: false });
    const two = render(map, 10, 10, { ...style, solid: false, colours: 'diverging' });
    expect(alphaAt(one, 10, 5, 5)).toBe(0);
    expect(alphaAt(two, 10, 5, 5)).toBe(255);
    expect(magnitude(map, 'viridis')).toBe(0);
    expect(magnitude(map, 'diverging')).toBe(1);
  });

  it('lets no single pixel of a fine map take the colour from the others', () => {
    const fine = makeMap(
      100,
      100,
      Array.from({ length: 10_000 }, (_, i) => (i === 7 ? 50 : i / 10_000)),
      [1, 0, 0, 0, 1, 0],
      [100, 100],
    );
    expect(magnitude(fine, 'viridis')).toBeCloseTo(0.99, 3);
    const coarse = makeMap(2, 1, [1, 50], [1, 0, 0, 0, 1, 0], [2, 1]);
    expect(magnitude(coarse, 'viridis')).toBe(50);
    expect(
      magnitude(makeMap(100, 100, [...Array(9_999).fill(0), 3], [1, 0, 0, 0, 1, 0], [100, 100]), 'viridis'),
    ).toBe(3);
  });

  it('has no hottest place when nothing speaks for the target', () => {
    expect(hottest(makeMap(2, 1, [-1, 0], [1, 0, 0, 0, 1, 0], [2, 1]))).toBeNull();
  });
});

describe('regions', () => {
  const body: Region = { name: 'body', kind: 'polygon', points: [0, 0, 10, 0, 10, 20, 0, 20] };
  const head: Region = { name: 'head', kind: 'box', points: [2, 2, 8, 8] };

  it('names the smallest region that holds the point', () => {
    expect(regionAt([body, head], 5, 5)).toBe('head');
    expect(regionAt([body, head], 5, 15)).toBe('body');
    expect(regionAt([body, head], 15, 15)).toBe('');
  });

  it('sees the notch of a concave polygon', () => {
    const notch: Region = { name: 'l', kind: 'polygon', points: [0, 0, 10, 0, 10, 10, 6, 10, 6, 4, 0, 4] };
    expect(contains(notch, 2, 8)).toBe(false);
    expect(contains(notch, 8, 8)).toBe(true);
  });
});

describe('colours', () => {
  it('starts and ends at the published colours', () => {
    expect([...colourMap('viridis').slice(0, 3)]).toEqual([0x44, 0x01, 0x54]);
    expect([...colourMap('viridis').slice(-3)]).toEqual([0xfd, 0xe7, 0x25]);
  });

  it('grows lighter all the way in the sequential maps', () => {
    for (const name of ['viridis', 'cividis', 'inferno']) {
      const lut = colourMap(name);
      const light = (i: number) => 0.2126 * lut[3 * i] + 0.7152 * lut[3 * i + 1] + 0.0722 * lut[3 * i + 2];
      for (let i = 8; i < 256; i += 8) expect(light(i), `${name} ${i}`).toBeGreaterThan(light(i - 8));
    }
  });

  it('takes steps of equal lightness', () => {
    for (const name of ['viridis', 'cividis', 'inferno']) expectEven(colourMap(name), 0, 255, name);
  });

  it('takes equal steps from a light middle to both ends where there are two sides', () => {
    const both = colourMap('diverging');
    expectEven(both, 127, 0, 'against');
    expectEven(both, 128, 255, 'for');
    for (const i of [0, 40, 80])
      expect(Math.abs(lightness(both, i) - lightness(both, 255 - i))).toBeLessThan(6);
  });

  /** Eight equal stretches of the table differ in lightness by a like amount, all in one direction. */
  function expectEven(lut: Uint8ClampedArray, from: number, to: number, name: string) {
    const light = Array.from({ length: 9 }, (_, i) =>
      lightness(lut, Math.round(from + ((to - from) * i) / 8)),
    );
    const steps = light.slice(1).map((value, i) => value - light[i]);
    const mean = (light[8] - light[0]) / 8;
    for (const step of steps) {
      expect(step / mean, name).toBeGreaterThan(0.6);
      expect(step / mean, name).toBeLessThan(1.4);
    }
  }

  /** CIE lightness of entry i, 0 to 100. */
  function lightness(lut: Uint8ClampedArray, i: number): number {
    const [r, g, b] = [0, 1, 2].map((c) => {
      const v = lut[3 * i + c] / 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    return y > 216 / 24389 ? 116 * Math.cbrt(y) - 16 : (y * 24389) / 27;
  }

  it('mixes from one end to the other', () => {
    const lut = ramp([251, 250, 247], [176, 58, 16]);
    expect([...lut.slice(0, 3)]).toEqual([251, 250, 247]);
    expect([...lut.slice(-3)]).toEqual([176, 58, 16]);
  });
});
