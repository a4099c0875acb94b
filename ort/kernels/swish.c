// SwishGradient(x, s, g): the gradient of x·s, where s is the logistic function of x,
// for a gradient g of it: g·s + g·x·s·(1 − s). All have the same shape; the result
// may take the place of g.
#include "kernels.h"

typedef struct {
  const float *x, *s, *g;
  float *to;
  int64_t length;
} swish_job;

FOR_EACH_PROCESSOR
static void swish_values(const float *x, const float *s, const float *g, float *to, int64_t length) {
  for (int64_t i = 0; i < length; i++) to[i] = g[i] * s[i] + g[i] * x[i] * (s[i] * (1 - s[i]));
}

static void swish_part(void *job, size_t i) {
  const swish_job *j = job;
  int64_t from = (int64_t)i * PIECE, length = j->length - from < PIECE ? j->length - from : PIECE;
  swish_values(j->x + from, j->s + from, j->g + from, j->to + from, length);
}

static OrtStatus *swish_run(void *kernel, OrtKernelContext *run) {
  tensor in[3];
  OrtStatus *failed = NULL;
  for (size_t i = 0; !failed && i < 3; i++) {
    failed = tensor_input(run, i, in + i);
    if (!failed && !tensor_alike(in, in + i)) failed = refused("SwishGradient: its inputs have different shapes");
  }
  tensor to = in[2];
  if (!failed) failed = tensor_output(run, &to);
  if (failed) return failed;
  swish_job job = {in[0].data, in[1].data, in[2].data, to.data, tensor_size(&to)};
  return parallel(run, swish_part, (job.length + PIECE - 1) / PIECE, &job);
}

static OrtStatus *swish_make(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info, void **kernel) {
  *kernel = NULL; // it has no attributes
  return NULL;
}

static const char *swish_name(const OrtCustomOp *op) { return "SwishGradient"; }
static size_t swish_in_place(int **input, int **output) { return in_place(2, input, output); }

const OrtCustomOp swish_operator = {OPERATOR_COMMON, .GetName = swish_name, .GetInputCharacteristic = required, .GetInputTypeCount = three_tensors,
                                    .CreateKernelV2 = swish_make, .KernelComputeV2 = swish_run, .GetMayInplace = swish_in_place, .ReleaseMayInplace = in_place_free};
