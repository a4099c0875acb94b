/** What the pages say of methods beyond their cards: families, units, what a view asks of one. */
import type { MapChoice } from '../api/maps';
import type { AttributionMap, Method } from '../api/types';
import { cellOf } from './cell';
import type { View } from './view/view';

const families: [string, string][] = [
  ['', 'Chosen for the model'],
  ['cam', 'Class activation'],
  ['gradient', 'Gradient'],
  ['relevance', 'Relevance'],
  ['attention', 'Attention'],
  ['perturbation', 'Perturbation'],
];

/** families of methods in the order of the picker, each with its heading; unknown ones come last. */
export function grouped(methods: Method[]): { family: string; title: string; methods: Method[] }[] {
  const family = (method: Method) => (method.name === 'auto' ? '' : method.family);
  const order = families.map(([name]) => name);
  const others = [...new Set(methods.map(family))].filter((name) => !order.includes(name));
  return [...order, ...others]
    .map((name) => ({
      family: name,
      title: families.find(([known]) => known === name)?.[1] ?? name,
      methods: methods.filter((method) => family(method) === name),
    }))
    .filter((group) => group.methods.length);
}

/** chosenMethod is the view's method, or the one offered when none is named. */
export const chosenMethod = (methods: Method[], name: string): Method | undefined =>
  methods.find((method) => method.name === name) ??
  methods.find((method) => method.name === 'auto') ??
  methods.find((method) => method.interactive) ??
  methods[0];

/** beginning is what a comparison starts with: a method beside quick ones of other families. */
export function beginning(methods: Method[], first: string): string[] {
  // Attention is for transformers alone: not a choice to begin with.
  const quick = methods.filter(
    ({ name, interactive, family }) =>
      interactive && name !== 'auto' && name !== first && family !== 'attention',
  );
  const own = methods.find(({ name }) => name === first)?.family;
  const families = quick.filter(
    ({ family }, i) => family !== own && quick.findIndex((other) => other.family === family) === i,
  );
  const same = quick.filter((other) => !families.includes(other));
  return [first, ...[...families, ...same].map(({ name }) => name)].slice(0, 3);
}

/** titleOf is a method's title, or its name where the server has no such method. */
export const titleOf = (methods: Method[], name: string): string =>
  methods.find((method) => method.name === name)?.title ?? name;

/** optionsOf are a method's settings in a map of "method.option" names. */
export function optionsOf(all: Record<string, string>, method: string): Record<string, string> {
  const mark = method + '.';
  const own = Object.entries(all).filter(([name]) => name.startsWith(mark));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(mark.length), value]));
}

/** withOption sets a setting of a method, or takes it back to its default. */
export function withOption(
  all: Record<string, string>,
  method: Method,
  option: string,
  value: string,
): Record<string, string> {
  const { [`${method.name}.${option}`]: _old, ...rest } = all;
  const text = value.trim();
  const byDefault = method.options?.find(({ name }) => name === option)?.default ?? '';
  return text === '' || text === byDefault ? rest : { ...rest, [`${method.name}.${option}`]: text };
}

/** What is explained unless the address says: in a confusion of two classes, what tells them apart. */
export const targetOf = (view: View): string =>
  view.map.target || (cellOf(view.slice)?.target ?? 'predicted');

/** targetOfOther is what a map of another model explains, so that it is the same class by name; without it, what that model predicts. */
export function targetOfOther(target: string, classes: string[], others: string[]): string {
  if (!target.startsWith('class:')) return target;
  const index = others.indexOf(classes[Number(target.slice(6))] ?? '');
  return index < 0 ? 'predicted' : `class:${index}`;
}

/** choiceOf is the map that a view asks of a method. */
export const choiceOf = (view: View, method: string, target = targetOf(view)): MapChoice => ({
  method,
  target,
  options: optionsOf(view.map.options, method),
});

const units: Record<string, string> = {
  gradient: 'logits per unit of input',
  smoothgrad: 'logits per unit of input',
  guided: 'logits per unit of input',
  vargrad: 'variance of logits per unit of input',
  sobol: "share of the score's variance",
  eigencam: 'activation',
  attention: 'attention relevance',
  rollout: 'share of attention',
};

/**
 * unitOf names what a map's values count. Most methods take the explained score (a logit) apart;
 * gradients say how it would change per unit of the model's input; some count something else.
 */
export function unitOf({ method, options }: Pick<AttributionMap, 'method' | 'options'>): string {
  if (options?.scaling === 'published') return 'probability';
  return units[method] ?? 'logits';
}

const zero: Record<string, string> = {
  perturbation: 'what keeping a place adds to the score; zero is no effect',
  cam: 'how much the features found at a place speak for the target; zero says nothing',
  gradient: 'how the score follows the pixels of a place; zero says nothing',
  relevance: 'the part of the score that is passed back to a place; zero has no part',
  attention: 'how much the target draws on a place; zero is not at all',
};

const own: Record<string, string> = {
  sobol: "the share of the score's variance that hiding a place accounts for; zero is no effect",
  vargrad: 'how much the gradient at a place varies under noise; zero is not at all',
  eigencam: "how strongly the layer's main pattern shows at a place, whatever the class",
  rollout: 'how much of a place reaches the class token, whatever the class',
};

/** meaning says in half a sentence what a value of a map is: of its method, or else of its family. */
export const meaning = (method: string, family: string | undefined): string =>
  own[method] ?? zero[family ?? ''] ?? 'zero says nothing';

/** targetTitle names a target before any map is there to say which class it became. */
export function targetTitle(target: string, classes: string[]): string {
  if (target.startsWith('class:')) return classes[Number(target.slice(6))] ?? target;
  const titles: Record<string, string> = {
    predicted: 'the predicted class',
    true: 'the true class',
    contrast: 'contrast',
  };
  return titles[target] ?? target;
}
