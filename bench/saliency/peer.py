#!/usr/bin/env python3
"""The usual Python stack's saliency maps, timed on request: one JSON question a line in, one JSON answer a line out.

    {"model": "resnet50", "method": "gradcam", "batch": 8}  →  {"seconds": 0.75, "map": [...]}
    {"export": "/tmp/folder", "models": ["resnet50"]}       →  writes resnet50.onnx and resnet50.pt with the weights that are timed

Needs Debian's python3-torch and python3-torchvision. The loops are ours, after what the libraries' own documentation has users do
(pytorch-grad-cam: GradCAM(model, target_layers)(input_tensor, targets); Captum: IntegratedGradients, NoiseTunnel(Saliency), Occlusion;
the RISE authors' code), without the libraries' bookkeeping, so that they are a little faster than the real thing.
"""
import json
import os
import sys
import time

import torch
import torchvision

THREADS = int(os.environ.get("PEER_THREADS", "2"))
torch.set_num_threads(THREADS)
LAYERS = {
    "resnet18": lambda m: m.layer4, "resnet50": lambda m: m.layer4, "mobilenet_v2": lambda m: m.features[-1],
    "vit_b_16": lambda m: m.encoder.layers[-1].ln_1, "vgg16": lambda m: m.features[-2],
}
_models = {}


def model_of(name):
    if name not in _models:
        torch.manual_seed(1)
        _models[name] = getattr(torchvision.models, name)(weights=None).eval()
    return _models[name]


def freeze(model, frozen):
    for p in model.parameters():
        p.requires_grad_(not frozen)
        p.grad = None


def images(n):
    torch.manual_seed(7)
    return torch.rand(8, 3, 224, 224)[:n].clone()


def as_map(values, gradient):
    """Grad-CAM of [N, C, H, W], or of [N, 1 + H·W, C] tokens, as the libraries resize it to the image."""
    if values.dim() == 3:
        values, gradient = (t[:, 1:].transpose(1, 2).reshape(t.shape[0], t.shape[2], 14, 14) for t in (values, gradient))
    raw = (gradient.mean((2, 3), keepdim=True) * values).sum(1)
    shown = torch.nn.functional.interpolate(raw.relu()[:, None], size=(224, 224), mode="bilinear")[:, 0]
    shown = shown / (shown.amax((1, 2), keepdim=True) + 1e-7)
    return raw, shown.numpy()


def gradcam(model, name, x, frozen):
    """frozen: parameters need no gradient and the backward pass ends at the layer, which users have to know to ask for."""
    freeze(model, frozen)
    kept = []

    def keep(_module, _inputs, output):
        if frozen:
            output = output.detach().requires_grad_()
        kept.append(output)
        return output

    hook = LAYERS[name](model).register_forward_hook(keep)
    try:
        logits = model(x)
        loss = logits.gather(1, logits.argmax(1, keepdim=True)).sum()
        if frozen:
            gradient = torch.autograd.grad(loss, kept[0])[0]
        else:
            kept[0].retain_grad()
            model.zero_grad()
            loss.backward(retain_graph=True)
            gradient = kept[0].grad
        return as_map(kept[0].detach(), gradient)[0]
    finally:
        hook.remove()


def input_gradient(model, x, target):
    x = x.requires_grad_()
    logits = model(x)
    return torch.autograd.grad(logits[:, target].sum(), x)[0]


def integrated(model, x, steps):
    """Captum's default: all steps of an image in one batch, Gauss–Legendre nodes."""
    import numpy
    nodes, weights = numpy.polynomial.legendre.leggauss(steps)
    with torch.no_grad():
        target = int(model(x).argmax(1))
    alphas = torch.tensor((nodes + 1) / 2, dtype=torch.float32).reshape(-1, 1, 1, 1)
    gradient = input_gradient(model, alphas * x, target)
    return (x * (gradient * torch.tensor(weights / 2, dtype=torch.float32).reshape(-1, 1, 1, 1)).sum(0, keepdim=True)).sum(1)


def integrated_until(model, x, steps, tolerance=0.05, limit=512, per_run=50):
    """Twice the steps, as Captum's documentation advises, until the convergence delta is small; per_run is its internal_batch_size."""
    import numpy
    with torch.no_grad():
        before, after = model(torch.cat([torch.zeros_like(x), x]))
    target = int(after.argmax())
    difference = float(after[target] - before[target])
    while True:
        nodes, weights = numpy.polynomial.legendre.leggauss(steps)
        total = torch.zeros_like(x)
        for first in range(0, steps, per_run):
            alphas = torch.tensor((nodes[first:first + per_run] + 1) / 2, dtype=torch.float32).reshape(-1, 1, 1, 1)
            part = torch.tensor(weights[first:first + per_run] / 2, dtype=torch.float32).reshape(-1, 1, 1, 1)
            total += (input_gradient(model, alphas * x, target) * part).sum(0, keepdim=True)
        values = x * total
        if abs(float(values.sum()) - difference) <= tolerance * abs(difference) or steps >= limit:
            return values.sum(1)
        steps *= 2


def smoothgrad(model, x, samples):
    with torch.no_grad():
        target = int(model(x).argmax(1))
    noisy = x + 0.15 * torch.randn(samples, *x.shape[1:])
    return input_gradient(model, noisy, target).abs().mean(0, keepdim=True).sum(1)


def rise(model, x, masks, batch=100):
    out = torch.zeros(1, 224, 224)
    with torch.no_grad():
        target = int(model(x).argmax(1))
        for first in range(0, masks, batch):
            n = min(batch, masks - first)
            grid = (torch.rand(n, 1, 8, 8) < 0.5).float()
            mask = torch.nn.functional.interpolate(grid, size=(252, 252), mode="bilinear")[:, :, 14:238, 14:238]
            scores = torch.softmax(model(mask * x), 1)[:, target]
            out += (scores.reshape(-1, 1, 1) * mask[:, 0]).sum(0)
    return out / masks / 0.5


def occlusion(model, x, per_run):
    """A window of 32 pixels at 15×15 places, per_run of them in one run of the model (Captum's default is 1)."""
    places = [(16 * i - 16, 16 * j - 16) for i in range(15) for j in range(15)]
    with torch.no_grad():
        base = model(x)
        target = int(base.argmax(1))
        total, count = torch.zeros(224, 224), torch.zeros(224, 224)
        for first in range(0, len(places), per_run):
            part = places[first:first + per_run]
            batch = x.repeat(len(part), 1, 1, 1)
            for k, (top, left) in enumerate(part):
                batch[k, :, max(top, 0):top + 32, max(left, 0):left + 32] = 0
            drops = base[0, target] - model(batch)[:, target]
            for (top, left), drop in zip(part, drops):
                total[max(top, 0):top + 32, max(left, 0):left + 32] += drop
                count[max(top, 0):top + 32, max(left, 0):left + 32] += 1
    return (total / count)[None]


def run(question):
    name, method, batch = question["model"], question["method"], question.get("batch", 1)
    model, x = model_of(name), images(batch)
    freeze(model, method != "gradcam")
    made = {
        "forward": lambda: torch.no_grad()(model)(x),
        "gradcam": lambda: gradcam(model, name, x, False),
        "gradcam-frozen": lambda: gradcam(model, name, x, True),
        "ig": lambda: integrated(model, x, question.get("steps", 32)),
        "ig-until": lambda: integrated_until(model, x, question.get("steps", 50)),
        "smoothgrad": lambda: smoothgrad(model, x, question.get("steps", 16)),
        "rise": lambda: rise(model, x, question.get("steps", 1000)),
        "occlusion": lambda: occlusion(model, x, 1),
        "occlusion-batched": lambda: occlusion(model, x, 32),
    }[method]
    started = time.perf_counter()
    values = made()
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "map": values[0].detach().reshape(-1).tolist() if method.startswith(("gradcam", "ig")) else None}


def export(question):
    for name in question["models"]:
        path = os.path.join(question["export"], name + ".onnx")
        torch.onnx.export(model_of(name), torch.zeros(1, 3, 224, 224), path, opset_version=17, input_names=["input"], output_names=["logits"],
                          dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}})
        torch.save(model_of(name).state_dict(), os.path.join(question["export"], name + ".pt"))
    images(8).numpy().tofile(os.path.join(question["export"], "inputs.f32"))
    return {"seconds": 0}


answers = os.fdopen(os.dup(1), "w")  # torch's exporter prints to standard output
os.dup2(2, 1)
for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(export(question) if "export" in question else run(question)), file=answers, flush=True)
