"""Further families of torchvision with random weights, exported to ONNX, and Grad-CAM of one image by PyTorch: families.py FOLDER [NAME ...]

Writes FOLDER/NAME.onnx (input [N,3,S,S], logits [N,1000]) and FOLDER/NAME.families.npz: the image x [3,S,S], target, the
class of the largest logit, and gradcam [h,w], computed in float64 at the tensor that feeds the global pool: the sum over
channels of mean gradient times value, before any ReLU. Families without a global pool have no gradcam.
"""
import os
import sys
import warnings

import numpy as np
import torch
import torchvision

warnings.simplefilter("ignore")

# The module whose output feeds the global pool ("" where there is none), and the side of the image.
FAMILIES = {
    "alexnet": ("", 224), "googlenet": ("inception5b", 224), "inception_v3": ("Mixed_7c", 299), "maxvit_t": ("blocks.-1", 224),
    "mnasnet0_5": ("layers", 224), "mobilenet_v3_small": ("features", 224), "regnet_y_400mf": ("trunk_output", 224),
    "shufflenet_v2_x0_5": ("conv5", 224), "squeezenet1_1": ("classifier.2", 224), "swin_v2_t": ("permute", 256),
}


def build(name, seed):
    torch.manual_seed(seed)
    kwargs = {"init_weights": True} if name in ("googlenet", "inception_v3") else {}
    model = getattr(torchvision.models, name)(weights=None, **kwargs).eval()
    with torch.no_grad():
        for m in model.modules():
            if isinstance(m, torch.nn.BatchNorm2d):
                m.running_mean.normal_(0, 0.1)
                m.running_var.uniform_(0.5, 1.5)
        for key, p in model.named_parameters():
            if key.endswith("qkv.bias"):  # Swin V2 sets this part to zero, in place, at every run
                p[len(p) // 3: 2 * len(p) // 3] = 0
    return model


def module(model, path):
    for step in path.split("."):
        model = model[len(model) - 1] if step.lstrip("-").isdigit() and int(step) < 0 else getattr(model, step)
    return model


def gradcam(model, path, x, target):
    """Grad-CAM in float64; the model becomes one."""
    kept = []

    def keep(_module, _inputs, out):
        tap = out + 0  # what follows may work in place
        tap.retain_grad()
        kept.append(tap)
        return tap + 0

    model = model.double()
    module(model, path).register_forward_hook(keep)
    model(x.double().requires_grad_(True))[0, target].backward()
    value, gradient = kept[-1][0], kept[-1].grad[0]
    return (gradient.mean((1, 2), keepdim=True) * value).sum(0).detach().numpy().astype(np.float32)


def main():
    folder = sys.argv[1]
    for seed, (name, (path, side)) in enumerate(FAMILIES.items()):
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        model = build(name, 100 + seed)
        x = torch.randn(1, 3, side, side)
        zero, torch.Tensor.zero_ = torch.Tensor.zero_, lambda self: self  # has no ONNX form; see qkv.bias
        torch.onnx.export(model, x, os.path.join(folder, name + ".onnx"), input_names=["input"], output_names=["logits"],
                          dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}}, opset_version=17)
        torch.Tensor.zero_ = zero
        target = int(model(x)[0].argmax())
        values = {"x": x[0].numpy(), "target": np.array([target])}
        if path:
            values["gradcam"] = gradcam(model, path, x, target)
        np.savez(os.path.join(folder, name + ".families.npz"), **values)
        print(name, flush=True)


main()
