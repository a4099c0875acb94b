#!/usr/bin/env python3
"""One whole process of the usual Python stack: image file to Grad-CAM file.

    whole.py IMAGE MODEL.pt NAME OUT.npy OUT.png

MODEL.pt holds the state of torchvision's NAME, a ResNet. Preparation is torchvision's, the map pytorch-grad-cam's, drawn over the image as its
README does, with nothing imported that this does not need.
"""
import sys

import numpy
import torch
import torchvision
from PIL import Image
from torchvision import transforms

path, weights, name, npy, png = sys.argv[1:]
torch.set_num_threads(2)
model = getattr(torchvision.models, name)(weights=None)
model.load_state_dict(torch.load(weights))
model.eval()
prepare = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
                              transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
image = Image.open(path).convert("RGB")
kept = []


def keep(_module, _inputs, output):
    output.retain_grad()
    kept.append(output)


model.layer4.register_forward_hook(keep)
logits = model(prepare(image)[None])
logits[0, logits.argmax()].backward()
raw = (kept[0].grad.mean((2, 3), keepdim=True) * kept[0]).sum(1)[0].detach()
numpy.save(npy, raw.numpy())
shown = torch.nn.functional.interpolate(raw.relu()[None, None], size=(224, 224), mode="bilinear")[0, 0]
shown = (shown / (shown.max() + 1e-7)).numpy()
colour = numpy.stack([shown, 1 - abs(2 * shown - 1), 1 - shown], -1)
base = numpy.asarray(transforms.CenterCrop(224)(transforms.Resize(256)(image)), dtype=numpy.float32) / 255
Image.fromarray((255 * (0.5 * base + 0.5 * colour)).astype(numpy.uint8)).save(png)
