"""The oracle of TestAttentionEqualsPyTorch: relevance by attention, from PyTorch's own autograd.

Arguments are pairs, of one model or several, so that PyTorch is started once:

vit MATERIAL    torchvision's vit_b_16 with the weights of the test material's common.py, on its image 0
deit FILE       a small transformer with a class and a distillation token, which is also exported to FILE

Prints JSON, by the first of each pair: input, class, and relevance, the mean over the tokens the head reads of the rows of R at the patches, where
R <- R + mean over heads of max(0, dA * A) @ R for the attention A of every layer, from R = I.
"""
import json
import math
import os
import sys

import numpy as np
import torch
from torch import nn

kept = []


def attend(q, k, v):
    """softmax(q kT / sqrt d) v, keeping the probabilities and, after backward, their gradients."""
    a = torch.softmax(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]), -1)
    if a.requires_grad:
        a.retain_grad()
    kept.append(a)
    return a @ v


def multihead(self, query, key, value, **_):
    """nn.MultiheadAttention.forward for self-attention with the batch in front, spelled out."""
    n, t, c = query.shape
    qkv = nn.functional.linear(query, self.in_proj_weight, self.in_proj_bias)
    q, k, v = (part.reshape(n, t, self.num_heads, -1).transpose(1, 2) for part in qkv.chunk(3, -1))
    return self.out_proj(attend(q, k, v).transpose(1, 2).reshape(n, t, c)), None


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(n, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        x = x + self.proj(attend(q, k, v).transpose(1, 2).reshape(n, t, c))
        return x + self.mlp(self.norm2(x))


class Distilled(nn.Module):
    """DeiT's form: two special tokens, a head for each, their mean."""

    def __init__(self, width=24, heads=3, side=5, classes=7):
        super().__init__()
        self.patch = nn.Conv2d(3, width, 8, 8)
        self.special = nn.Parameter(torch.randn(1, 2, width))
        self.place = nn.Parameter(torch.randn(1, 2 + side * side, width) / 2)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(3)))
        self.norm = nn.LayerNorm(width)
        self.head, self.head_dist = nn.Linear(width, classes), nn.Linear(width, classes)

    def forward(self, image):
        x = self.patch(image).flatten(2).transpose(1, 2)
        x = torch.cat((self.special.expand(x.shape[0], -1, -1), x), 1) + self.place
        x = self.norm(self.blocks(x))
        return (self.head(x[:, 0]) + self.head_dist(x[:, 1])) / 2


def relevance(model, x, special):
    kept.clear()
    logits = model(x)
    target = int(logits[0].argmax())
    logits[0, target].backward()
    r = torch.eye(kept[0].shape[-1], dtype=x.dtype)
    for a in kept:
        r = r + (a.grad[0] * a[0]).clamp(min=0).mean(0) @ r
    return {"input": x.detach().flatten().tolist(), "class": target, "relevance": r[:special, special:].mean(0).tolist()}


def vit(material):
    sys.path.insert(0, material)
    from common import build

    nn.MultiheadAttention.forward = multihead
    model = build("vit_b_16").train(False).double()
    for block in model.encoder.layers:
        block.self_attention.training = True  # keeps PyTorch from a fused way around forward
        block.self_attention.dropout = 0.0
    x = np.load(os.path.join(material, "inputs.npz"))["x0_f32"].reshape(1, 3, 224, 224)
    return relevance(model, torch.from_numpy(x).double(), 1)


def deit(file):
    torch.manual_seed(5)
    model = Distilled().train(False)
    x = torch.randn(1, 3, 40, 40)
    torch.onnx.export(model, x, file, input_names=["input"], output_names=["logits"], opset_version=17,
                      dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}})
    return relevance(model.double(), x.double(), 2)


models = {"vit": vit, "deit": deit}
json.dump({name: models[name](argument) for name, argument in zip(sys.argv[1::2], sys.argv[2::2])}, sys.stdout)
