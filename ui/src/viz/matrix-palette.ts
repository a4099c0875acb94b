/** The colours of the confusion matrix, from the page's style. */
import { type Lut, parseHex, ramp } from './colour';

export interface Palette {
  paper: string;
  ink: string;
  muted: string;
  line: string;
  accent: string;
  font: string;
  right: Lut;
  wrong: Lut;
}

/** readPalette takes the colours from the page's style, so that light and dark follow it. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const [paper, ink, accent] = [colour('--paper'), colour('--ink'), colour('--accent')];
  return {
    paper,
    ink,
    accent,
    muted: colour('--muted'),
    line: colour('--line'),
    font: style.fontFamily,
    right: ramp(parseHex(paper), parseHex(ink)),
    wrong: ramp(parseHex(paper), parseHex(accent)),
  };
}
