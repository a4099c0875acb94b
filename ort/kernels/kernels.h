// Operators of the domain "sightline" for ONNX Runtime. See doc.go.
#ifndef SIGHTLINE_KERNELS_H
#define SIGHTLINE_KERNELS_H

#include "onnxruntime_c_api.h"

// The runtime's functions; set once, by kernels_load.
extern const OrtApi *ort_api;

enum {
  MAX_RANK = 8,
  MOST_CHANNELS = 16, // of a block
  PIECE = 1 << 14,    // values that a thread takes at once, where they are alike
};

// A tensor of float32 and its shape.
typedef struct {
  float *data;
  int64_t dims[MAX_RANK];
  size_t rank;
} tensor;

// tensor_input reads an input of a run.
OrtStatus *tensor_input(const OrtKernelContext *run, size_t index, tensor *t);

// tensor_output makes the output of a run, of the shape that t has.
OrtStatus *tensor_output(OrtKernelContext *run, tensor *t);

int64_t tensor_size(const tensor *t);

// tensor_alike reports whether two tensors have the same shape.
int tensor_alike(const tensor *a, const tensor *b);

// parallel calls part(job, i) for i of 0 to parts−1 on the session's threads.
OrtStatus *parallel(const OrtKernelContext *run, void (*part)(void *, size_t), size_t parts, void *job);

OrtStatus *refused(const char *why);

// attribute_ints reads a list of integers that has to have a length.
OrtStatus *attribute_ints(const OrtKernelInfo *info, const char *name, int64_t *values, size_t length);

// block_attribute reads how many channels lie side by side: 1, 8 or 16.
OrtStatus *block_attribute(const OrtKernelInfo *info, int64_t *block);

// Images of a kernel that reads them in planes: [planes, rows, columns, block],
// float32. A block is one value, or as many channels as the runtime keeps side by
// side.
typedef struct {
  int64_t planes, rows, columns, block;
} images;

// images_of is the layout of a tensor of shape [N, C, H, W].
OrtStatus *images_of(const tensor *t, int64_t block, images *to);

// Wide processors get code of their own, chosen when the program starts.
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif
#define INLINED static inline __attribute__((always_inline))

extern const OrtCustomOp gate_operator, pool_operator, interleave_operator, swish_operator, scale_operator, dot_operator, slice_operator;

// OPERATOR_COMMON is what all operators answer alike.
#define OPERATOR_COMMON                                             \
  .version = ORT_API_VERSION, .GetExecutionProviderType = on_cpu,   \
  .GetInputType = float32, .GetOutputType = float32,                \
  .GetOutputCharacteristic = required,                              \
  .GetInputMemoryType = default_memory, .GetOutputTypeCount = one_tensor, \
  .GetVariadicInputMinArity = one, .GetVariadicInputHomogeneity = one,     \
  .GetVariadicOutputMinArity = one, .GetVariadicOutputHomogeneity = one,   \
  .GetStartVersion = one, .GetEndVersion = any_version, .KernelDestroy = free_kernel

const char *on_cpu(const OrtCustomOp *op);
ONNXTensorElementDataType float32(const OrtCustomOp *op, size_t index);
OrtCustomOpInputOutputCharacteristic required(const OrtCustomOp *op, size_t index);
OrtCustomOpInputOutputCharacteristic any_number(const OrtCustomOp *op, size_t index);
OrtMemType default_memory(const OrtCustomOp *op, size_t index);
size_t one_tensor(const OrtCustomOp *op);
size_t two_tensors(const OrtCustomOp *op);
size_t three_tensors(const OrtCustomOp *op);
int one(const OrtCustomOp *op);
int any_version(const OrtCustomOp *op);
void free_kernel(void *kernel);

// in_place says that the result may take the place of an input.
size_t in_place(int from, int **input, int **output);
void in_place_free(int *input, int *output);

#endif
