// PoolGradient(x, g; kernel, strides, dilations, pads, block): the gradient of a
// MaxPool of x whose output's gradient is g: every value of g is added to where the
// maximum of its window is, the first in reading order where several are equal.
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  int64_t kernel[2], strides[2], dilations[2], pads[4], block;
} pool;

typedef struct {
  const pool *p;
  const float *x, *g;
  float *to;
  images in, out;
} pool_job;

// A window is its first tap that is inside the image, and how many there are.
typedef struct {
  int64_t first, count, step;
} taps;

INLINED taps taps_of(const pool *p, int axis, int64_t at, int64_t size) {
  int64_t step = p->dilations[axis], start = at * p->strides[axis] - p->pads[axis];
  int64_t skip = start < 0 ? (-start + step - 1) / step : 0;
  int64_t reach = size - start <= 0 ? 0 : (size - start + step - 1) / step;
  int64_t end = reach < p->kernel[axis] ? reach : p->kernel[axis];
  return (taps){start + skip * step, end > skip ? end - skip : 0, step};
}

#define NAME pool_one
#define WIDTH 1
#include "pool_plane.h"
#define NAME pool_eight
#define WIDTH 8
#include "pool_plane.h"
#define NAME pool_sixteen
#define WIDTH 16
#include "pool_plane.h"

FOR_EACH_PROCESSOR
static void pool_any(const pool *p, const float *x, const float *g, float *to, images in, images out) {
  switch (in.block) {
    case 16: pool_sixteen(p, x, g, to, in, out); break;
    case 8: pool_eight(p, x, g, to, in, out); break;
    default: pool_one(p, x, g, to, in, out);
  }
}

static void pool_part(void *job, size_t plane) {
  const pool_job *j = job;
  int64_t in = j->in.rows * j->in.columns * j->in.block, out = j->out.rows * j->out.columns * j->out.block;
  float *to = j->to + (int64_t)plane * in;
  memset(to, 0, in * sizeof *to);
  pool_any(j->p, j->x + (int64_t)plane * in, j->g + (int64_t)plane * out, to, j->in, j->out);
}

static OrtStatus *pool_run(void *kernel, OrtKernelContext *run) {
  const pool *p = kernel;
  tensor x, g;
  pool_job job = {p};
  OrtStatus *failed = tensor_input(run, 0, &x);
  if (!failed) failed = tensor_input(run, 1, &g);
  if (!failed) failed = images_of(&x, p->block, &job.in);
  if (!failed) failed = images_of(&g, p->block, &job.out);
  if (failed) return failed;
  if (job.in.planes != job.out.planes) return refused("PoolGradient: its inputs have different batches or channels");
  tensor to = x;
  failed = tensor_output(run, &to);
  if (failed) return failed;
  job.x = x.data, job.g = g.data, job.to = to.data;
  return parallel(run, pool_part, job.in.planes, &job);
}

static OrtStatus *pool_make(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info, void **kernel) {
  pool *k = calloc(1, sizeof *k);
  if (!k) return refused("out of memory");
  *kernel = k;
  OrtStatus *failed = attribute_ints(info, "kernel", k->kernel, 2);
  if (!failed) failed = attribute_ints(info, "strides", k->strides, 2);
  if (!failed) failed = attribute_ints(info, "dilations", k->dilations, 2);
  if (!failed) failed = attribute_ints(info, "pads", k->pads, 4);
  if (!failed) failed = block_attribute(info, &k->block);
  for (int i = 0; !failed && i < 2; i++)
    if (k->strides[i] < 1 || k->dilations[i] < 1) failed = refused("PoolGradient: strides or dilations are not possible");
  if (failed) free(k);
  return failed;
}

static const char *pool_name(const OrtCustomOp *op) { return "PoolGradient"; }

const OrtCustomOp pool_operator = {OPERATOR_COMMON, .GetName = pool_name, .GetInputCharacteristic = required, .GetInputTypeCount = two_tensors, .CreateKernelV2 = pool_make, .KernelComputeV2 = pool_run};
