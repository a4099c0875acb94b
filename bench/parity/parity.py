#!/usr/bin/env python3
"""Sightline against an independent run: PIL preprocessing, ONNX Runtime's Node binding on the original model file, batch 1.

usage: bench/parity/parity.py DATA [NAME...]      (DATA holds images/, models/ and reference/)

For each pair of model and dataset: import, model add, evaluate with bin/sightline in a fresh workspace, then the same images
through PIL, NumPy and ONNX Runtime here. Printed: accuracy of both, samples whose predicted class differs although the top two
scores are not tied (difference above 1e-6), the largest difference of a probability, and agreement with the reference CSV.
"""
import csv
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
SIGHTLINE = os.path.join(HERE, "..", "..", "bin", "sightline")
IMAGENET = dict(do_normalize=True, image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
CIFAR = dict(do_resize=False, do_normalize=True, image_mean=[0.4914, 0.4822, 0.4465], image_std=[0.2023, 0.1994, 0.2010])
CAFFE = dict(do_rescale=False, do_normalize=True, image_mean=[123, 117, 104], image_std=[1, 1, 1], do_flip_channel_order=True)
CROP = dict(do_resize=True, size={"shortest_edge": 256}, resample=2, do_center_crop=True, crop_size={"height": 224, "width": 224}, crop_rounding="torchvision")
STEEL = dict(do_resize=True, size={"height": 96, "width": 96}, resample=3, channels=1, do_normalize=False)
PLAIN = dict(do_resize=False, do_normalize=False)
KERAS = dict(do_rescale=True, rescale_factor=1 / 127.5, do_normalize=True, image_mean=[1, 1, 1], image_std=[1, 1, 1])

# name: (dataset folder, extra import arguments, preprocessing, class output's activation)
PAIRS = {
    "groceries-freiburg-mobilenetv2": ("freiburg-groceries/images", [], dict(do_resize=False, **IMAGENET), "logits"),
    "professions-idenprof-squeezenet": ("idenprof/test", [], dict(do_resize=False, **CAFFE), "softmax"),
    "imagenet-squeezenet1.1-fp16": ("imagenet-samples", ["--labels", "labels.csv"], dict(CROP, **CAFFE), "softmax"),
    "imagenet-mobilenetv2-int8-qdq": ("imagenet-samples", ["--labels", "labels.csv"], dict(CROP, **IMAGENET), "logits"),
    "imagenet-mobilenetv1-0.25-nhwc": ("imagenet-samples", ["--labels", "labels.csv"], dict(CROP, **KERAS), "softmax"),
    "steel-v1-fp32": ("steel-neu-det/NEU-DET", [], STEEL, "logits"),
    "steel-v4-int8-qoperator": ("steel-neu-det/NEU-DET", [], STEEL, "logits"),
    "cifar10-resnet20-torch": ("cifar10/test", [], CIFAR, "logits"),
    "cifar10-vit-pgd-torch": ("cifar10/test", [], CIFAR, "logits"),
    "cifar10-tinymobilenet-external-data": ("cifar10/test", [], CIFAR, "logits"),
    "flowers-mobilenetv2-0.35-tf2onnx": ("flowers/test", [], dict(KERAS, do_resize=True, size={"height": 128, "width": 128}, resample=0), "softmax"),
    "mnist-cntk": ("mnist", [], dict(do_resize=False, do_rescale=False, do_normalize=False, channels=1), "logits"),
}


def sightline(workspace, *arguments):
    done = subprocess.run([SIGHTLINE, *arguments, "--workspace", workspace, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("sightline %s: %s" % (" ".join(arguments), done.stderr[-2000:]))
    return json.loads(done.stdout)


def preprocess(path, p):
    """One image as the file describes it, with PIL and NumPy alone: float32, channels first."""
    image = Image.open(path).convert("L" if p.get("channels") == 1 else "RGB")
    if p.get("do_resize"):
        size = p["size"]
        if "shortest_edge" in size:  # torchvision.transforms.Resize(int): the long side is truncated
            w, h = image.size
            edge = size["shortest_edge"]
            new = (edge, int(edge * h / w)) if w <= h else (int(edge * w / h), edge)
        else:
            new = (size["width"], size["height"])
        image = image.resize(new, p["resample"])
    if p.get("do_center_crop"):  # torchvision.transforms.CenterCrop: offsets are rounded half to even
        w, h = image.size
        cw, ch = p["crop_size"]["width"], p["crop_size"]["height"]
        left, top = int(round((w - cw) / 2.0)), int(round((h - ch) / 2.0))
        image = image.crop((left, top, left + cw, top + ch))
    x = np.asarray(image, dtype=np.float64)
    x = x[None] if x.ndim == 2 else x.transpose(2, 0, 1)
    if p.get("do_rescale", True):
        x = x * p.get("rescale_factor", 1 / 255)
    if p.get("do_normalize"):
        x = (x - np.array(p["image_mean"])[:, None, None]) / np.array(p["image_std"])[:, None, None]
    if p.get("do_flip_channel_order"):
        x = x[::-1]  # last of all, as Hugging Face's processors do: the means above are in RGB order
    return x.astype(np.float32)


def independent(model, tensors, spec, folder):
    dtype, nhwc = spec["input"]["dtype"], spec["input"]["layout"].lower() == "nhwc"
    data = np.stack(tensors)
    if nhwc:
        data = data.transpose(0, 2, 3, 1)
    dims = (1,) + data.shape[1:]
    raw, out = os.path.join(folder, "tensors"), os.path.join(folder, "outputs")
    np.ascontiguousarray(data).astype({"float32": np.float32, "float16": np.float16, "uint8": np.uint8}[dtype]).tofile(raw)
    subprocess.run(["node", os.path.join(HERE, "onnxruntime.mjs"), model, raw, ",".join(map(str, dims)), dtype, out], check=True)
    return np.fromfile(out, dtype=np.float32).reshape(len(tensors), -1).astype(np.float64)


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def key(path):
    """The file with its folder, which is what reference CSVs and predictions have in common."""
    return "/".join(path.split("/")[-2:])


def reference(data, name, folder):
    """Top-1 labels of the reference CSV by file, with the difference of the top two scores."""
    found = [f for f in os.listdir(os.path.join(data, "reference")) if f.startswith(name + "__")]
    with open(os.path.join(data, "reference", found[0])) as f:
        return {key(r["file"]): (r["top1_label"], float(r["top1_score"]) - float(r["top2_score"])) for r in csv.DictReader(f)}


def read_predictions(path):
    """Rows as dictionaries, and the scores as an array: the columns after `split`, in class order (names may repeat)."""
    with open(path) as f:
        lines = csv.reader(f)
        header = next(lines)
        first = header.index("split") + 1
        body = list(lines)
    return [dict(zip(header[:first], line)) for line in body], np.array([[float(v) for v in line[first:]] for line in body])


def compare(data, name):
    folder, arguments, p, activation = PAIRS[name]
    model = os.path.join(data, "models", name)
    images = os.path.join(data, "images", folder)
    with tempfile.TemporaryDirectory() as tmp:
        workspace, settings, predictions = (os.path.join(tmp, n) for n in ("ws", "preprocessor_config.json", "predictions.csv"))
        with open(settings, "w") as f:
            json.dump(p, f)
        arguments = [os.path.join(images, a) if a.endswith(".csv") else a for a in arguments]
        sightline(workspace, "import", images, "--name", "data", *arguments)
        sightline(workspace, "model", "add", os.path.join(model, "model.onnx"), "--name", "model", "--preprocessing", settings)
        spec = sightline(workspace, "model", "show", "model")
        sightline(workspace, "evaluate", "data", "model", "--predictions", predictions)
        rows, ours = read_predictions(predictions)
        classes = spec["classes"]
        theirs = independent(os.path.join(model, "model.onnx"), [preprocess(os.path.join(images, r["path"]), p) for r in rows], spec, tmp)
    theirs = theirs if activation == "softmax" else softmax(theirs)
    top = np.sort(theirs, axis=1)[:, ::-1]
    tied = top[:, 0] - top[:, 1] <= 1e-6
    differ = (ours.argmax(1) != theirs.argmax(1)) & ~tied
    csv_rows = reference(data, name, folder)
    known = [(r["predicted"], *csv_rows[key(r["path"])]) for r in rows if key(r["path"]) in csv_rows]
    csv_differ = sum(1 for predicted, label, gap in known if predicted != label and gap > 1e-6)
    right = np.array([r["label"] == r["predicted"] or (r["label"].isdigit() and classes[int(r["label"])] == r["predicted"]) for r in rows])
    print("| %s | %d | %.4f | %d | %d | %.2g | %d of %d |" % (name, len(rows), right.mean(), differ.sum(), tied.sum(), np.abs(ours - theirs).max(), csv_differ, len(known)), flush=True)
    return differ.sum() == 0


def main():
    data, names = os.path.abspath(sys.argv[1]), sys.argv[2:] or list(PAIRS)
    print("| model | samples | accuracy | class differs | tied | largest probability difference | differs from reference CSV |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    results = [compare(data, name) for name in names]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
