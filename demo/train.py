#!/usr/bin/env python3
"""Train the demo's three classifiers and write them under demo/models/.

    go run ./demo/generate -out DIR
    nice /usr/bin/python3 demo/train.py --data DIR [professions-v1 professions-v2 groceries]

Needs PyTorch >= 1.13, Pillow and NumPy (Debian: python3-torch python3-pil python3-numpy); the product needs none of them.
Images are preprocessed exactly as Sightline preprocesses them: Pillow's antialiased bilinear resize of the shortest
edge, a centre crop with Hugging Face's rounding, mean and standard deviation 0.5. Each model's folder gets model.onnx
(logits, dynamic batch, opset 17, batch normalisation folded), config.json, preprocessor_config.json, train.log.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
SIDE = 96
MODELS = {
    "professions-v1": {"data": "professions-biased", "seed": 1, "epochs": 8},
    "professions-v2": {"data": "professions-balanced", "seed": 2, "epochs": 12},
    "groceries": {"data": "groceries", "seed": 3, "epochs": 10},
}


def preprocess(path):
    """The uint8 CHW image that Sightline would normalise."""
    image = Image.open(path).convert("RGB")
    w, h = image.size
    short, long = min(w, h), max(w, h)
    other = int(SIDE * long / short)
    size = (SIDE, other) if w <= h else (other, SIDE)
    image = np.asarray(image.resize(size, Image.BILINEAR))
    top, left = (size[1] - SIDE) // 2, (size[0] - SIDE) // 2
    return np.ascontiguousarray(image[top:top + SIDE, left:left + SIDE].transpose(2, 0, 1))


def load(root, split, classes):
    """All images of a split as one uint8 tensor, and their labels."""
    images, labels = [], []
    for index, name in enumerate(classes):
        folder = os.path.join(root, split, name)
        for file in sorted(os.listdir(folder)):
            images.append(preprocess(os.path.join(folder, file)))
            labels.append(index)
    return torch.from_numpy(np.stack(images)), torch.tensor(labels)


def normalise(images):
    return images.float() / 255 * 2 - 1


def augment(images, generator):
    """Mirror half of the images, move all of them a little, and change their brightness a little."""
    n = len(images)
    flip = torch.rand(n, generator=generator) < 0.5
    images = torch.where(flip[:, None, None, None], images.flip(3), images)
    padded = F.pad(images, (6, 6, 6, 6), mode="replicate")
    dy, dx = torch.randint(0, 13, (2,), generator=generator).tolist()
    gain = 1 + 0.2 * (torch.rand(n, 1, 1, 1, generator=generator) - 0.5)
    return ((padded[:, :, dy:dy + SIDE, dx:dx + SIDE] + 1) * gain - 1).clamp(-1, 1)


def block(inputs, outputs, stride):
    return [nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]


def network(classes):
    """Seven convolutions, the mean over places, one linear layer: about 200,000 weights."""
    layers = []
    for inputs, outputs, stride in [(3, 16, 2), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1), (64, 96, 2), (96, 96, 1)]:
        layers += block(inputs, outputs, stride)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.1), nn.Linear(96, classes))


def accuracy(net, images, labels):
    net.eval()
    with torch.no_grad():
        right = sum((net(normalise(x)).argmax(1) == y).sum().item() for x, y in zip(images.split(256), labels.split(256)))
    return right / len(labels)


def train(name, data, log):
    spec = MODELS[name]
    torch.manual_seed(spec["seed"])
    generator = torch.Generator().manual_seed(spec["seed"])
    root = os.path.join(data, spec["data"])
    classes = sorted(os.listdir(os.path.join(root, "train")))
    sets = {split: load(root, split, classes) for split in ("train", "val", "test")}
    images, labels = sets["train"]
    log(f"{name}: {spec}, torch {torch.__version__}, {len(images)} training images, classes {' '.join(classes)}")
    net = network(len(classes))
    batch, steps = 48, (len(images) + 47) // 48
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, epochs=spec["epochs"], steps_per_epoch=steps)
    for epoch in range(spec["epochs"]):
        net.train()
        total, start = 0.0, time.time()
        for index in torch.randperm(len(images), generator=generator).split(batch):
            loss = F.cross_entropy(net(augment(normalise(images[index]), generator)), labels[index], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * len(index)
        log(f"epoch {epoch + 1:2d}  loss {total / len(images):.4f}  val {accuracy(net, *sets['val']):.4f}  {time.time() - start:.0f} s")
    log(f"train {accuracy(net, *sets['train']):.4f}  val {accuracy(net, *sets['val']):.4f}  test {accuracy(net, *sets['test']):.4f}")
    return net, classes


def export(net, classes, folder):
    """Write model.onnx and the two configuration files."""
    net.eval()
    torch.onnx.export(
        net, torch.zeros(1, 3, SIDE, SIDE), os.path.join(folder, "model.onnx"), opset_version=17,
        input_names=["pixel_values"], output_names=["logits"],
        dynamic_axes={"pixel_values": {0: "batch"}, "logits": {0: "batch"}})
    config = {
        "architectures": ["SightlineDemoForImageClassification"], "num_labels": len(classes),
        "id2label": {str(i): c for i, c in enumerate(classes)}, "label2id": {c: i for i, c in enumerate(classes)}}
    preprocessor = {
        "do_resize": True, "size": {"shortest_edge": SIDE}, "resample": 2, "do_center_crop": True,
        "crop_size": {"height": SIDE, "width": SIDE}, "do_rescale": True, "rescale_factor": 1 / 255,
        "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    for file, value in (("config.json", config), ("preprocessor_config.json", preprocessor)):
        with open(os.path.join(folder, file), "w") as out:
            json.dump(value, out, indent=2)
            out.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="the folder written by ./demo/generate")
    parser.add_argument("--out", default=os.path.join(HERE, "models"))
    parser.add_argument("--threads", type=int, default=1, help="more only on a machine with nothing else to do")
    parser.add_argument("models", nargs="*", default=list(MODELS))
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.use_deterministic_algorithms(True)
    for name in args.models:
        folder = os.path.join(args.out, name)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "train.log"), "w") as file:
            def log(text):
                print(text, flush=True)
                print(text, file=file, flush=True)
            net, classes = train(name, args.data, log)
        export(net, classes, folder)


if __name__ == "__main__":
    main()
