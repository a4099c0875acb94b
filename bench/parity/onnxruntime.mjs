// Runs a model file, as it is, one sample at a time with ONNX Runtime's own
// Node binding: node onnxruntime.mjs MODEL TENSORS DIMS DTYPE OUT
// TENSORS holds samples back to back in DTYPE; DIMS is like 1,3,224,224.
// OUT receives the first two-dimensional output of every sample as float32.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const require = createRequire(new URL('../../native/package.json', import.meta.url));
const ort = require('onnxruntime-node');

const [model, tensors, dimsText, dtype, out] = process.argv.slice(2);
const dims = dimsText.split(',').map(Number);
const bytes = readFileSync(tensors);
const width = { float32: 4, float16: 2, uint8: 1 }[dtype];
const each = dims.reduce((a, b) => a * b, 1) * width;
const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 });
const view = { float32: Float32Array, float16: Uint16Array, uint8: Uint8Array }[dtype];

// halfToFloat widens one IEEE 754 binary16 number.
function halfToFloat(h) {
  const sign = h & 0x8000 ? -1 : 1, exponent = (h >> 10) & 31, fraction = h & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const results = [];
for (let at = 0; at < bytes.length; at += each) {
  const data = new view(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + each));
  const answer = await session.run({ [session.inputNames[0]]: new ort.Tensor(dtype, data, dims) });
  const first = answer[session.outputNames[0]];
  let values = first.data;
  if (first.type === 'float16' && !(values instanceof Float32Array)) values = Float32Array.from(values, (v) => (Number.isInteger(v) && values instanceof Uint16Array ? halfToFloat(v) : v));
  results.push(Float32Array.from(values));
}
const flat = new Float32Array(results.reduce((n, r) => n + r.length, 0));
let offset = 0;
for (const r of results) { flat.set(r, offset); offset += r.length; }
writeFileSync(out, Buffer.from(flat.buffer));
