/** The fixture server's methods, and what maps of them are worth; one fails and one is empty, on purpose. */
import { random } from './data.mjs';

const fill = {
  name: 'fill',
  default: 'mean',
  description: 'what replaces a hidden place: mean, blur, black or R,G,B',
};
const seed = { name: 'seed', default: '0', description: 'the same seed gives the same map' };
const layer = {
  name: 'layer',
  default: '',
  description: 'the tensor to look at: a name, or a number that counts from the last one, 1',
};

const card = (name, title, family, cost, more = {}) => ({
  name,
  title,
  family,
  cost,
  description: `${title} on generated data: shows which places of the picture speak for the class that is explained, and is here so that the pages can be worked on without a model.`,
  failures:
    'It is made up, so it misleads always; a real card says in two or three sentences where the method is known to go wrong.',
  paper: `A. Author & B. Author, ${title}: a paper with a title of usual length, Conference 2020`,
  interactive: true,
  streams: false,
  class_agnostic: false,
  needs_gradient: family !== 'perturbation',
  options: [],
  ...more,
});

export const methods = [
  card('occlusion', 'Occlusion', 'perturbation', '226 runs of the model', {
    streams: true,
    options: [{ name: 'grid', default: '14', description: 'cells per side of the map' }, fill],
  }),
  card('rise', 'RISE', 'perturbation', 'up to 4,000 runs of the model', {
    streams: true,
    options: [seed, fill],
  }),
  card('factorial', 'Structured design', 'perturbation', '513 runs of the model', { options: [seed, fill] }),
  card('kernelshap', 'KernelSHAP', 'perturbation', '2,048 runs of the model', { options: [seed, fill] }),
  card('gradcam', 'Grad-CAM', 'cam', '1 run of the model', { options: [layer] }),
  card('hirescam', 'HiResCAM', 'cam', '1 run of the model', { options: [layer] }),
  card('layercam', 'LayerCAM', 'cam', '1 run of the model', { options: [layer] }),
  card('eigencam', 'EigenCAM', 'cam', '1 run of the model', { options: [layer], class_agnostic: true }),
  card('gradient', 'Gradient', 'gradient', 'about 2.3 runs of the model'),
  card('inputgradient', 'Input × gradient', 'gradient', 'about 2.3 runs of the model'),
  card('ig', 'Integrated gradients', 'gradient', '16 to 256 runs of the model, forward and backward'),
  card('smoothgrad', 'SmoothGrad', 'gradient', '16 runs of the model, forward and backward', {
    options: [seed],
  }),
  card('expected', 'Expected gradients', 'gradient', '64 runs of the model', { interactive: false }),
  card('lrp', 'Layer-wise relevance propagation', 'relevance', 'about 2.5 runs of the model'),
  card('attention', 'Attention × gradient', 'attention', 'about 2.5 runs of the model'),
];

/** Why a method cannot be used here, or "". */
export const refusal = (method) =>
  method === 'attention' ? 'this model has no attention layer: choose another method, such as gradcam' : '';

/** Why a map of a method means nothing, or "". */
export const emptiness = (method) => (method === 'lrp' ? 'every value is zero' : '');

/** What a map is worth: amber for RISE, red for the gradient, green for others. */
export function trust(method, sample) {
  const next = random(sample * 31 + method.length);
  const shares = Array.from({ length: 15 }, (_, i) => i / 14);
  const fall = (speed) => shares.map((s) => 0.05 + 0.9 * Math.exp(-speed * s));
  const rise = (speed) => shares.map((s) => 0.1 + 0.85 * (1 - Math.exp(-speed * s)));
  const auc = (insertion, deletion) => ({ insertion, deletion, difference: insertion - deletion });
  const area = (curve) => curve.reduce((sum, value) => sum + value, 0) / curve.length;
  const of = (speed) => ({
    auc: auc(area(rise(speed)), area(fall(speed))),
    inserting: rise(speed),
    deleting: fall(speed),
  });
  const verdict = { rise: 'amber', gradient: 'red' }[method] ?? 'green';
  const controls = Array.from({ length: 20 }, () => of(1.5 + 2 * next()).auc);
  const sorted = controls.map(({ difference }) => difference).sort((a, b) => a - b);
  return {
    verdict,
    reason: `${{ green: 'better than', amber: 'not separable from', red: 'worse than' }[verdict]} its own cells at random places (made up)`,
    shares,
    map: of({ green: 9, amber: 2.6, red: 0.6 }[verdict]),
    centre: of(3),
    controls,
    band: {
      inserting: { low: rise(1.5), median: rise(2.5), high: rise(3.5) },
      deleting: { low: fall(3.5), median: fall(2.5), high: fall(1.5) },
    },
    low: sorted[0],
    high: sorted[19],
    content: { whole: 4.1, rearranged: -1.2, high: 0.3 },
    grid: [14, 14],
    forwards: 595,
    seed: 0,
    seconds: 2,
  };
}

export const layers = [3, 2, 1].map((number) => ({
  tensor: `/layer${number + 1}/layer${number + 1}.1/relu_1/Relu_output_0`,
  number: 4 - number,
  channels: 64 * 2 ** number,
  width: 28 / 2 ** (number - 1),
  height: 28 / 2 ** (number - 1),
  automatic: number === 3,
}));
