// Interleave(p…; strides, size, block): images side by side. Pixel (i·s + r, j·t + c)
// of the result is pixel (i, j) of the image r·t + c, for strides s and t; images
// beyond those given are zeros, so that one image alone is spread out. All have the
// same shape; the result has the given size.
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_IMAGES = 64 };

typedef struct {
  int64_t strides[2], size[2], block;
} interleave;

typedef struct {
  const interleave *a;
  const float *parts[MOST_IMAGES];
  size_t count;
  float *to;
  images in, out;
} interleave_job;

// interleave_row copies every pixel of a row to where it is in the wider row.
INLINED void interleave_row(const float *from, float *to, int64_t columns, int64_t stride, int64_t block) {
  for (int64_t i = 0; i < columns; i++)
    for (int64_t b = 0; b < block; b++) to[i * stride * block + b] = from[i * block + b];
}

FOR_EACH_PROCESSOR
static void interleave_columns(const float *from, float *to, int64_t columns, int64_t stride, int64_t block) {
  switch (block) {
    case 16: interleave_row(from, to, columns, stride, 16); break;
    case 8: interleave_row(from, to, columns, stride, 8); break;
    default: interleave_row(from, to, columns, stride, block);
  }
}

// reached is how many of count pixels, stride apart from an offset on, are in size.
static int64_t reached(int64_t count, int64_t stride, int64_t offset, int64_t size) {
  int64_t fit = size > offset ? (size - offset + stride - 1) / stride : 0;
  return fit < count ? fit : count;
}

static void interleave_part(void *job, size_t plane) {
  const interleave_job *j = job;
  int64_t s = j->a->strides[0], t = j->a->strides[1], block = j->in.block, row = j->out.columns * block;
  int64_t rows = reached(j->in.rows * s, 1, 0, j->out.rows);
  float *to = j->to + (int64_t)plane * j->out.rows * row;
  // Row by row, so that a row of zeros is still at hand when pixels are put into it.
  for (int64_t i = 0; i < j->out.rows; i++) {
    int whole = i < rows && (size_t)((i % s + 1) * t) <= j->count && j->in.columns * t >= j->out.columns;
    if (!whole) memset(to + i * row, 0, row * sizeof *to);
    for (int64_t c = 0; i < rows && c < t; c++) {
      size_t part = (i % s) * t + c;
      if (part >= j->count) break;
      const float *from = j->parts[part] + ((int64_t)plane * j->in.rows + i / s) * j->in.columns * block;
      interleave_columns(from, to + i * row + c * block, reached(j->in.columns, t, c, j->out.columns), t, block);
    }
  }
}

static OrtStatus *interleave_run(void *kernel, OrtKernelContext *run) {
  const interleave *a = kernel;
  interleave_job job = {a};
  tensor first;
  OrtStatus *failed = ort_api->KernelContext_GetInputCount(run, &job.count);
  if (!failed && (job.count > MOST_IMAGES || job.count > (size_t)(a->strides[0] * a->strides[1]))) failed = refused("Interleave: there are more images than places");
  for (size_t i = 0; !failed && i < job.count; i++) {
    tensor part;
    failed = tensor_input(run, i, &part);
    if (i == 0) first = part;
    if (!failed && !tensor_alike(&part, &first)) failed = refused("Interleave: its images have different shapes");
    job.parts[i] = part.data;
  }
  if (!failed) failed = images_of(&first, a->block, &job.in);
  if (failed) return failed;
  tensor to = first;
  to.dims[2] = a->size[0], to.dims[3] = a->size[1];
  failed = tensor_output(run, &to);
  if (failed) return failed;
  job.out = job.in, job.out.rows = a->size[0], job.out.columns = a->size[1];
  job.to = to.data;
  return parallel(run, interleave_part, job.in.planes, &job);
}

static OrtStatus *interleave_make(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info, void **kernel) {
  interleave *k = calloc(1, sizeof *k);
  if (!k) return refused("out of memory");
  *kernel = k;
  OrtStatus *failed = attribute_ints(info, "strides", k->strides, 2);
  if (!failed) failed = attribute_ints(info, "size", k->size, 2);
  if (!failed) failed = block_attribute(info, &k->block);
  if (!failed && (k->strides[0] < 1 || k->strides[1] < 1 || k->size[0] < 0 || k->size[1] < 0)) failed = refused("Interleave: strides or size are not possible");
  if (failed) free(k);
  return failed;
}

static const char *interleave_name(const OrtCustomOp *op) { return "Interleave"; }

const OrtCustomOp interleave_operator = {OPERATOR_COMMON, .GetName = interleave_name, .GetInputCharacteristic = any_number, .GetInputTypeCount = one_tensor,
                                         .CreateKernelV2 = interleave_make, .KernelComputeV2 = interleave_run};
