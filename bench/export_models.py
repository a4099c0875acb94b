#!/usr/bin/env python3
"""Exports the architectures the benchmarks use, with seeded random weights: bench/export_models.py FOLDER

Needs Debian's python3-torch and python3-torchvision. The weights mean nothing; the arithmetic is that of the real models.
"""
import os
import sys

import torch
import torchvision

for name in ("mobilenet_v2", "resnet50"):
    torch.manual_seed(1)
    model = getattr(torchvision.models, name)(weights=None).eval()
    path = os.path.join(sys.argv[1], name + ".onnx")
    torch.onnx.export(model, torch.zeros(1, 3, 224, 224), path, opset_version=17, input_names=["input"], output_names=["logits"],
                      dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}})
    print(path)
