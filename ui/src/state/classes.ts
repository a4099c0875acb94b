/** The class names of an evaluation, asked for once: its figures can take the server a while. */
import { api } from '../api/client';

const known = new Map<string, string[]>();

export function rememberClasses(evaluation: string, classes: string[]): void {
  known.set(evaluation, classes);
}

export async function classesOf(evaluation: string, signal: AbortSignal): Promise<string[]> {
  const classes = known.get(evaluation) ?? (await api.evaluation(evaluation, '', signal)).classes;
  rememberClasses(evaluation, classes);
  return classes;
}
