"""Exports small torchvision architectures at batch 1 into folders of argv[1]."""
import os
import sys
import warnings

import torch
from torchvision import models

warnings.filterwarnings("ignore")
torch.manual_seed(0)
torch.set_num_threads(1)


def export(name, model, opset=13):
    folder = os.path.join(sys.argv[1], name)
    os.makedirs(folder)
    torch.onnx.export(model.eval(), torch.randn(1, 3, 64, 64), os.path.join(folder, "model.onnx"), opset_version=opset)


class TwoOutputs(torch.nn.Module):
    """Gives logits and probabilities."""

    def __init__(self):
        super().__init__()
        self.inner = models.squeezenet1_1(num_classes=10)

    def forward(self, x):
        y = self.inner(x)
        return y, torch.softmax(y, 1)


export("vit", models.VisionTransformer(image_size=64, patch_size=16, num_layers=2, num_heads=2, hidden_dim=32, mlp_dim=64, num_classes=10))
export("swin", models.SwinTransformer(patch_size=[4, 4], embed_dim=24, depths=[2, 2], num_heads=[2, 2], window_size=[4, 4], num_classes=10))
export("shufflenet", models.shufflenet_v2_x0_5(num_classes=10), 11)
export("densenet", models.DenseNet(8, (2, 2), 16, num_classes=10), 9)
export("mobilenet_v3", models.mobilenet_v3_small(num_classes=10), 16)
export("two_outputs", TwoOutputs())
