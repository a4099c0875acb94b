// ChannelSlice(x; start, count): some of the channels of an image. In blocks, whole
// ones: what is taken lies together in memory, with blocks and without.
#include "kernels.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  int64_t start, count;
} slice;

typedef struct {
  const float *x;
  float *to;
  int64_t step, skip, length; // values of an image, those left out, those taken
} slice_job;

static void slice_part(void *job, size_t image) {
  const slice_job *j = job;
  memcpy(j->to + (int64_t)image * j->length, j->x + (int64_t)image * j->step + j->skip, j->length * sizeof *j->to);
}

static OrtStatus *slice_run(void *kernel, OrtKernelContext *run) {
  const slice *s = kernel;
  tensor x;
  OrtStatus *failed = tensor_input(run, 0, &x);
  if (!failed && (x.rank != 4 || s->start + s->count > x.dims[1])) failed = refused("ChannelSlice: there are not so many channels");
  if (failed) return failed;
  tensor to = x;
  to.dims[1] = s->count;
  failed = tensor_output(run, &to);
  if (failed) return failed;
  int64_t pixels = x.dims[2] * x.dims[3];
  slice_job job = {x.data, to.data, x.dims[1] * pixels, s->start * pixels, s->count * pixels};
  return parallel(run, slice_part, x.dims[0], &job);
}

static OrtStatus *slice_make(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info, void **kernel) {
  slice *k = calloc(1, sizeof *k);
  if (!k) return refused("out of memory");
  *kernel = k;
  OrtStatus *failed = api->KernelInfoGetAttribute_int64(info, "start", &k->start);
  if (!failed) failed = api->KernelInfoGetAttribute_int64(info, "count", &k->count);
  if (!failed && (k->start < 0 || k->count < 0)) failed = refused("ChannelSlice: start or count is negative");
  if (failed) free(k);
  return failed;
}

static const char *slice_name(const OrtCustomOp *op) { return "ChannelSlice"; }

const OrtCustomOp slice_operator = {OPERATOR_COMMON, .GetName = slice_name, .GetInputCharacteristic = required, .GetInputTypeCount = one_tensor,
                                    .CreateKernelV2 = slice_make, .KernelComputeV2 = slice_run};
