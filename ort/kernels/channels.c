// Scale(x, w[, b]; block): x·w + b, with a factor and a summand for every channel:
// w and b are [N, C, 1, 1], or [1, C, 1, 1] for all images.
//
// ChannelDot(a, b; block): the sum of a·b over the pixels of every channel, [N, C, 1, 1].
//
// Values per channel lie in memory in the same way in blocks and without.
#include "kernels.h"

#include <stdlib.h>

typedef struct {
  int64_t block;
} channels;

typedef struct {
  const float *a, *b, *c;
  float *to;
  images in;
  int64_t turn[2]; // after how many planes the factors, and the summands, begin anew
} channels_job;

INLINED void scale_plane(const float *x, const float *w, const float *b, float *to, int64_t pixels, int64_t block) {
  for (int64_t i = 0; i < pixels; i++)
    for (int64_t k = 0; k < block; k++) to[i * block + k] = x[i * block + k] * w[k] + (b ? b[k] : 0.0f);
}

FOR_EACH_PROCESSOR
static void scale_any(const float *x, const float *w, const float *b, float *to, int64_t pixels, int64_t block) {
  switch (block) {
    case 16: scale_plane(x, w, b, to, pixels, 16); break;
    case 8: scale_plane(x, w, b, to, pixels, 8); break;
    default: scale_plane(x, w, b, to, pixels, 1);
  }
}

static void scale_part(void *job, size_t plane) {
  const channels_job *j = job;
  int64_t block = j->in.block, pixels = j->in.rows * j->in.columns, at = (int64_t)plane * pixels * block;
  const float *w = j->b + (int64_t)plane % j->turn[0] * block, *b = j->c ? j->c + (int64_t)plane % j->turn[1] * block : NULL;
  scale_any(j->a + at, w, b, j->to + at, pixels, block);
}

// dot_plane adds up row by row, so that long sums lose no more than short ones.
INLINED void dot_plane(const float *a, const float *b, float *to, images in, int64_t block) {
  double sums[MOST_CHANNELS] = {0};
  for (int64_t i = 0; i < in.rows; i++, a += in.columns * block, b += in.columns * block) {
    float row[MOST_CHANNELS] = {0};
    for (int64_t j = 0; j < in.columns; j++)
      for (int64_t k = 0; k < block; k++) row[k] += a[j * block + k] * b[j * block + k];
    for (int64_t k = 0; k < block; k++) sums[k] += row[k];
  }
  for (int64_t k = 0; k < block; k++) to[k] = sums[k];
}

FOR_EACH_PROCESSOR
static void dot_any(const float *a, const float *b, float *to, images in) {
  switch (in.block) {
    case 16: dot_plane(a, b, to, in, 16); break;
    case 8: dot_plane(a, b, to, in, 8); break;
    default: dot_plane(a, b, to, in, 1);
  }
}

static void dot_part(void *job, size_t plane) {
  const channels_job *j = job;
  int64_t at = (int64_t)plane * j->in.rows * j->in.columns * j->in.block;
  dot_any(j->a + at, j->b + at, j->to + plane * j->in.block, j->in);
}

static int per_channel(const tensor *t, const tensor *image) {
  return t->rank == 4 && (t->dims[0] == image->dims[0] || t->dims[0] == 1) && t->dims[1] == image->dims[1] && t->dims[2] * t->dims[3] == 1;
}

static OrtStatus *scale_run(void *kernel, OrtKernelContext *run) {
  size_t count;
  tensor in[3];
  channels_job job = {0};
  OrtStatus *failed = ort_api->KernelContext_GetInputCount(run, &count);
  if (!failed && (count < 2 || count > 3)) failed = refused("Scale: it takes an image, a factor and maybe a summand");
  for (size_t i = 0; !failed && i < count; i++) {
    failed = tensor_input(run, i, in + i);
    if (!failed && i == 0) failed = images_of(in, ((channels *)kernel)->block, &job.in);
    if (!failed && i > 0 && !per_channel(in + i, in)) failed = refused("Scale: there is not one value for every channel");
    if (!failed && i > 0) job.turn[i - 1] = in[i].dims[0] * in[i].dims[1] / job.in.block;
  }
  if (failed) return failed;
  tensor to = in[0];
  failed = tensor_output(run, &to);
  if (failed) return failed;
  job.a = in[0].data, job.b = in[1].data, job.c = count == 3 ? in[2].data : NULL, job.to = to.data;
  return parallel(run, scale_part, job.in.planes, &job);
}

static OrtStatus *dot_run(void *kernel, OrtKernelContext *run) {
  tensor a, b;
  channels_job job = {0};
  OrtStatus *failed = tensor_input(run, 0, &a);
  if (!failed) failed = tensor_input(run, 1, &b);
  if (!failed && !tensor_alike(&a, &b)) failed = refused("ChannelDot: its inputs have different shapes");
  if (!failed) failed = images_of(&a, ((channels *)kernel)->block, &job.in);
  if (failed) return failed;
  tensor to = a;
  to.dims[2] = to.dims[3] = 1;
  failed = tensor_output(run, &to);
  if (failed) return failed;
  job.a = a.data, job.b = b.data, job.to = to.data;
  return parallel(run, dot_part, job.in.planes, &job);
}

static OrtStatus *channels_make(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info, void **kernel) {
  channels *k = calloc(1, sizeof *k);
  if (!k) return refused("out of memory");
  *kernel = k;
  OrtStatus *failed = block_attribute(info, &k->block);
  if (failed) free(k);
  return failed;
}

static const char *scale_name(const OrtCustomOp *op) { return "Scale"; }
static const char *dot_name(const OrtCustomOp *op) { return "ChannelDot"; }

const OrtCustomOp scale_operator = {OPERATOR_COMMON, .GetName = scale_name, .GetInputCharacteristic = any_number, .GetInputTypeCount = one_tensor,
                                    .CreateKernelV2 = channels_make, .KernelComputeV2 = scale_run};
const OrtCustomOp dot_operator = {OPERATOR_COMMON, .GetName = dot_name, .GetInputCharacteristic = required, .GetInputTypeCount = two_tensors,
                                  .CreateKernelV2 = channels_make, .KernelComputeV2 = dot_run};
