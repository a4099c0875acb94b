#include "kernels.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

const OrtApi *ort_api;
static OrtCustomOpDomain *domain;

// kernels_load finds the functions of the runtime's library, which is loaded
// already, and makes the domain. It returns what went wrong, or NULL.
const char *kernels_load(const char *library) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
  if (!handle) return "it is not loaded";
  const OrtApiBase *(*base)(void) = (const OrtApiBase *(*)(void))dlsym(handle, "OrtGetApiBase");
  if (!base) return "it has no OrtGetApiBase";
  ort_api = base()->GetApi(ORT_API_VERSION);
  if (!ort_api) return "it is older than its header";
  const OrtCustomOp *operators[] = {&gate_operator, &pool_operator, &interleave_operator, &swish_operator, &scale_operator, &dot_operator, &slice_operator};
  OrtStatus *failed = ort_api->CreateCustomOpDomain("sightline", &domain);
  for (size_t i = 0; !failed && i < sizeof operators / sizeof *operators; i++)
    failed = ort_api->CustomOpDomain_Add(domain, operators[i]);
  return failed ? ort_api->GetErrorMessage(failed) : NULL;
}

// kernels_add makes the operators known to a session's options.
const char *kernels_add(void *options) {
  OrtStatus *failed = ort_api->AddCustomOpDomain(options, domain);
  return failed ? ort_api->GetErrorMessage(failed) : NULL;
}

static OrtStatus *describe(OrtValue *value, tensor *t) {
  OrtTensorTypeAndShapeInfo *info;
  OrtStatus *failed = ort_api->GetTensorTypeAndShape(value, &info);
  if (failed) return failed;
  failed = ort_api->GetDimensionsCount(info, &t->rank);
  if (!failed && t->rank > MAX_RANK) failed = refused("a tensor has more than 8 axes");
  if (!failed) failed = ort_api->GetDimensions(info, t->dims, t->rank);
  ort_api->ReleaseTensorTypeAndShapeInfo(info);
  if (failed) return failed;
  return ort_api->GetTensorMutableData(value, (void **)&t->data);
}

OrtStatus *tensor_input(const OrtKernelContext *run, size_t index, tensor *t) {
  const OrtValue *value;
  OrtStatus *failed = ort_api->KernelContext_GetInput(run, index, &value);
  return failed ? failed : describe((OrtValue *)value, t);
}

OrtStatus *tensor_output(OrtKernelContext *run, tensor *t) {
  OrtValue *value;
  OrtStatus *failed = ort_api->KernelContext_GetOutput(run, 0, t->dims, t->rank, &value);
  return failed ? failed : ort_api->GetTensorMutableData(value, (void **)&t->data);
}

int64_t tensor_size(const tensor *t) {
  int64_t n = 1;
  for (size_t i = 0; i < t->rank; i++) n *= t->dims[i];
  return n;
}

int tensor_alike(const tensor *a, const tensor *b) { return a->rank == b->rank && !memcmp(a->dims, b->dims, a->rank * sizeof *a->dims); }

OrtStatus *parallel(const OrtKernelContext *run, void (*part)(void *, size_t), size_t parts, void *job) {
  if (parts > 1) return ort_api->KernelContext_ParallelFor(run, part, parts, 0, job);
  if (parts == 1) part(job, 0);
  return NULL;
}

OrtStatus *refused(const char *why) { return ort_api->CreateStatus(ORT_INVALID_ARGUMENT, why); }

OrtStatus *attribute_ints(const OrtKernelInfo *info, const char *name, int64_t *values, size_t length) {
  size_t found = 0;
  OrtStatus *failed = ort_api->KernelInfoGetAttributeArray_int64(info, name, NULL, &found);
  if (failed) return failed;
  if (found != length) return refused("an attribute has another number of values than it should");
  return ort_api->KernelInfoGetAttributeArray_int64(info, name, values, &found);
}

OrtStatus *block_attribute(const OrtKernelInfo *info, int64_t *block) {
  OrtStatus *failed = ort_api->KernelInfoGetAttribute_int64(info, "block", block);
  if (!failed && *block != 1 && *block != 8 && *block != 16) failed = refused("blocks have 1, 8 or 16 channels");
  return failed;
}

OrtStatus *images_of(const tensor *t, int64_t block, images *to) {
  if (t->rank != 4 || block < 1 || t->dims[1] % block) return refused("images are not [N, C, H, W] with whole blocks of channels");
  *to = (images){t->dims[0] * (t->dims[1] / block), t->dims[2], t->dims[3], block};
  return NULL;
}

const char *on_cpu(const OrtCustomOp *op) { return "CPUExecutionProvider"; }
ONNXTensorElementDataType float32(const OrtCustomOp *op, size_t index) { return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; }
OrtCustomOpInputOutputCharacteristic required(const OrtCustomOp *op, size_t index) { return INPUT_OUTPUT_REQUIRED; }
OrtCustomOpInputOutputCharacteristic any_number(const OrtCustomOp *op, size_t index) { return INPUT_OUTPUT_VARIADIC; }
OrtMemType default_memory(const OrtCustomOp *op, size_t index) { return OrtMemTypeDefault; }
size_t one_tensor(const OrtCustomOp *op) { return 1; }
size_t two_tensors(const OrtCustomOp *op) { return 2; }
size_t three_tensors(const OrtCustomOp *op) { return 3; }
int one(const OrtCustomOp *op) { return 1; }
int any_version(const OrtCustomOp *op) { return 0x7fffffff; }
void free_kernel(void *kernel) { free(kernel); }

size_t in_place(int from, int **input, int **output) {
  *input = malloc(sizeof **input);
  *output = malloc(sizeof **output);
  if (!*input || !*output) return 0;
  **input = from;
  **output = 0;
  return 1;
}

void in_place_free(int *input, int *output) {
  free(input);
  free(output);
}
