/** A parameter of the address: how it is written, how it is read, and the small readers that parameters share. */
import type { View } from './view';

/** One parameter: how it is written (null when it has its default) and read. */
export interface Field {
  write(view: View): string | number | null;
  read(view: View, text: string): void;
}

export const oneOf = <T extends string>(text: string, allowed: readonly T[], fallback: T): T =>
  allowed.includes(text as T) ? (text as T) : fallback;

export function number(text: string): number | null {
  const value = Number(text);
  return text.trim() !== '' && Number.isFinite(value) ? value : null;
}

export const unit = (text: string, fallback: number): number =>
  Math.min(1, Math.max(0, number(text) ?? fallback));

/** decode undoes percent-encoding where it can. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A stray % in a hand-typed address.
  }
}
