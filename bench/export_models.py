#!/usr/bin/env python3
"""Exports the architectures the benchmarks use, with seeded random weights: bench/export_models.py FOLDER [NAME ...]

Beside each NAME.onnx lies NAME.pt, the module as torch.save writes it, with the same weights; mobilenet_v2.batch1.onnx takes one image at a time.
Needs Debian's python3-torch and python3-torchvision. The weights mean nothing; the arithmetic is that of the real models.
"""
import os
import sys

import torch
import torchvision

for name in sys.argv[2:] or ("mobilenet_v2", "resnet50"):
    torch.manual_seed(1)
    model = getattr(torchvision.models, name)(weights=None)
    # Normalisation as if the model were trained: with that of fresh weights nothing of the image reaches the scores.
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        model.train()(torch.randn(16, 3, 224, 224))
    model.eval()
    for ending, axes in ((".onnx", {"input": {0: "batch"}, "logits": {0: "batch"}}), (".batch1.onnx", None)):
        if axes is None and name != "mobilenet_v2":
            continue
        path = os.path.join(sys.argv[1], name + ending)
        torch.onnx.export(model, torch.zeros(1, 3, 224, 224), path, opset_version=17, input_names=["input"], output_names=["logits"], dynamic_axes=axes)
        print(path)
    torch.save(model, os.path.join(sys.argv[1], name + ".pt"))
