// Gate(y, g; low, high): g where low < y < high, 0 elsewhere. y and g have the same
// shape; the result may take the place of g.
#include "kernels.h"

#include <stdlib.h>

typedef struct {
  float low, high;
} gate;

typedef struct {
  gate bounds;
  const float *y, *g;
  float *to;
  int64_t length;
} gate_job;

FOR_EACH_PROCESSOR
static void gate_values(const float *y, const float *g, float *to, int64_t length, float low, float high) {
  for (int64_t i = 0; i < length; i++) {
    float v = g[i]; // read in any case, so that the compiler may use vectors
    to[i] = (y[i] > low) & (y[i] < high) ? v : 0.0f;
  }
}

static void gate_part(void *job, size_t i) {
  const gate_job *j = job;
  int64_t from = (int64_t)i * PIECE, length = j->length - from < PIECE ? j->length - from : PIECE;
  gate_values(j->y + from, j->g + from, j->to + from, length, j->bounds.low, j->bounds.high);
}

static OrtStatus *gate_run(void *kernel, OrtKernelContext *run) {
  tensor y, g;
  OrtStatus *failed = tensor_input(run, 0, &y);
  if (!failed) failed = tensor_input(run, 1, &g);
  if (failed) return failed;
  if (!tensor_alike(&y, &g)) return refused("Gate: its inputs have different shapes");
  tensor to = g;
  failed = tensor_output(run, &to);
  if (failed) return failed;
  gate_job job = {*(gate *)kernel, y.data, g.data, to.data, tensor_size(&g)};
  return parallel(run, gate_part, (job.length + PIECE - 1) / PIECE, &job);
}

static OrtStatus *gate_make(const OrtCustomOp *op, const OrtApi *api, const OrtKernelInfo *info, void **kernel) {
  gate *k = calloc(1, sizeof *k);
  if (!k) return refused("out of memory");
  *kernel = k;
  OrtStatus *failed = api->KernelInfoGetAttribute_float(info, "low", &k->low);
  if (!failed) failed = api->KernelInfoGetAttribute_float(info, "high", &k->high);
  if (failed) free(k);
  return failed;
}

static const char *gate_name(const OrtCustomOp *op) { return "Gate"; }

static size_t gate_in_place(int **input, int **output) { return in_place(1, input, output); }

const OrtCustomOp gate_operator = {OPERATOR_COMMON, .GetName = gate_name, .GetInputCharacteristic = required, .GetInputTypeCount = two_tensors, .CreateKernelV2 = gate_make,
                                   .KernelComputeV2 = gate_run, .GetMayInplace = gate_in_place, .ReleaseMayInplace = in_place_free};
