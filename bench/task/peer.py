#!/usr/bin/env python3
"""A user's whole task in one script of the usual Python stack: predictions, accuracy, a Grad-CAM and an overlay for every photo.

    peer.py WAY NAME MODEL.pt PHOTOS OUT

WAY is one of
    documented  after pytorch-grad-cam's README: GradCAM(model, target_layers)(input_tensor), show_cam_on_image. Its algorithm is written out here (a backward
                pass through the whole network, every parameter's gradient included; each map resized to the input, scaled to 0..1, drawn in the colours of jet),
                without the library's bookkeeping; predictions come from the same forward pass, as its later versions allow
    frozen      the same with requires_grad_(False) on all parameters, so that the backward pass makes no gradients of weights
    loop        what a good engineer writes instead: forward to the last layer under no_grad, the head alone differentiated, maps at the layer's resolution,
                overlays by numpy and PIL, written by threads beside the computation, at PIL's fastest compression

NAME is torchvision's name of the architecture, MODEL.pt the whole module as torch.save wrote it, PHOTOS a folder of class folders. All ways use a DataLoader
with two worker processes and batches of 16, the fastest of what was tried on two cores. OUT gets predictions.csv, and for every photo FILE.npy and FILE.png.
"""
import csv
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

way, name, weights, photos, out = sys.argv[1:]
torch.set_num_threads(os.cpu_count())
prepare = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
                              transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
crop = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
classes = sorted(os.listdir(photos))


class Photos(Dataset):
    def __init__(self):
        self.files = [(os.path.join(photos, c, f), k) for k, c in enumerate(classes) for f in sorted(os.listdir(os.path.join(photos, c)))]

    def __len__(self):
        return len(self.files)

    def __getitem__(self, i):
        path, label = self.files[i]
        image = Image.open(path).convert("RGB")
        # What the map is drawn over: the model's view, as the README has it; the engineer draws over the photo itself.
        return prepare(image), np.asarray(image if way == "loop" else crop(image)), label, i


def together(samples):
    return torch.stack([s[0] for s in samples]), [s[1] for s in samples], [s[2] for s in samples], [s[3] for s in samples]


JET = np.stack([np.clip(1.5 - abs(4 * np.linspace(0, 1, 256) - k), 0, 1) for k in (3, 2, 1)], 1).astype(np.float32)
model = torch.load(weights).eval()
last = {"resnet50": lambda m: m.layer4, "resnet18": lambda m: m.layer4, "mobilenet_v2": lambda m: m.features[-1]}[name](model)


def file_of(i):
    return os.path.join(out, os.path.relpath(data.files[i][0], photos).replace("/", "__"))


def documented(x):
    """GradCAM of the library: hooks on the layer, one backward pass of the sum of the targets' scores."""
    kept, slopes = [], []

    def keep(_module, _inputs, output):
        kept.append(output.detach())
        output.register_hook(lambda slope: slopes.append(slope))

    hook = last.register_forward_hook(keep)
    x = x.requires_grad_(way == "frozen")  # with frozen parameters the slopes would not reach the layer otherwise
    logits = model(x)
    model.zero_grad()
    sum(row[target] for row, target in zip(logits, logits.argmax(1))).backward(retain_graph=True)
    hook.remove()
    values, slope = kept[0].numpy(), slopes[0].numpy()
    raw = np.maximum((slope.mean((2, 3))[:, :, None, None] * values).sum(1), 0)
    return logits.detach(), [scaled(m) for m in raw]


def scaled(m):
    """scale_cam_image: to 0..1, then to the size of the input (the library resizes with OpenCV, this with PIL)."""
    m = m - m.min()
    m = m / (1e-7 + m.max())
    return np.asarray(Image.fromarray(m.astype(np.float32)).resize((224, 224), Image.BILINEAR))


def show_cam_on_image(image, mask):
    heat = JET[np.uint8(255 * mask)]
    shown = 0.5 * heat + 0.5 * (np.float32(image) / 255)
    return np.uint8(255 * (shown / shown.max()))


def loop(x):
    with torch.no_grad():
        if name.startswith("resnet"):
            x = model.maxpool(model.relu(model.bn1(model.conv1(x))))
            values = model.layer4(model.layer3(model.layer2(model.layer1(x))))
        else:
            values = model.features(x)
    values.requires_grad_()
    pooled = torch.flatten(torch.nn.functional.adaptive_avg_pool2d(values, 1), 1)
    logits = model.fc(pooled) if name.startswith("resnet") else model.classifier(pooled)
    slope, = torch.autograd.grad(logits.amax(1).sum(), values)
    raw = (slope.mean((2, 3), keepdim=True) * values).sum(1).detach().numpy()
    return logits.detach(), list(raw)


def draw(image, m, path):
    """The engineer's overlay: one resize, one look-up, one blend, in eight bits."""
    m = np.maximum(m, 0)
    level = Image.fromarray(np.uint8(255 * (m / max(m.max(), 1e-7)))).resize(image.shape[1::-1], Image.BILINEAR)
    shown = (image.astype(np.uint16) + COLOURS[np.asarray(level)]) >> 1
    Image.fromarray(shown.astype(np.uint8)).save(path, compress_level=1)


COLOURS = np.uint16(255 * JET)
if way != "documented":
    for p in model.parameters():
        p.requires_grad_(False)
data = Photos()
os.makedirs(out, exist_ok=True)
right, rows, waiting = 0, [], []
pool = ThreadPoolExecutor(2)
for x, images, labels, numbers in DataLoader(data, batch_size=16, num_workers=2, collate_fn=together):
    logits, maps = (loop if way == "loop" else documented)(x)
    scores = torch.softmax(logits, 1)
    for score, image, m, label, i in zip(scores, images, maps, labels, numbers):
        best = int(score.argmax())
        right += best == label
        rows.append([data.files[i][0], classes[label], best, float(score[best])])
        np.save(file_of(i) + ".npy", m)
        if way == "loop":
            waiting.append(pool.submit(draw, image, m, file_of(i) + ".png"))
        else:
            Image.fromarray(show_cam_on_image(image, m)).save(file_of(i) + ".png")
for w in waiting:
    w.result()
with open(os.path.join(out, "predictions.csv"), "w", newline="") as f:
    csv.writer(f).writerows([["path", "label", "predicted", "score"], *rows])
print(f"{right} of {len(rows)} right")
