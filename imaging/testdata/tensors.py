"""Model inputs made with PIL and torch (torchvision's transforms, or Hugging
Face's processors re-told in a few lines) for the tests of package imaging.

Input (JSON): {dir, files: [path], recipes: [name]}
Output (JSON): [{file, recipe, tensor}]; tensor is a file of float32, CHW.
"""
import importlib.util, json, math, os, sys
import numpy as np
import torch
from PIL import Image

ask = json.load(sys.stdin)
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def resize_short(im, edge, resample):
    w, h = im.size
    if w <= h:
        return im.resize((edge, int(edge * h / w)), resample)
    return im.resize((int(edge * w / h), edge), resample)


def pad_then_crop(a, ch, cw, top, left, before_y, before_x):
    """a: HxWxC. Pads with zeros up to the crop's size, then crops."""
    h, w = a.shape[:2]
    H, W = max(h, ch), max(w, cw)
    padded = np.zeros((H, W) + a.shape[2:], a.dtype)
    padded[before_y:before_y + h, before_x:before_x + w] = a
    return padded[top:top + ch, left:left + cw]


def center_crop_torchvision(im, ch, cw):
    a = np.asarray(im)
    h, w = a.shape[:2]
    return pad_then_crop(a, ch, cw, int(round((max(h, ch) - ch) / 2.0)), int(round((max(w, cw) - cw) / 2.0)),
                         max(0, ch - h) // 2, max(0, cw - w) // 2)


def center_crop_huggingface(im, ch, cw):
    a = np.asarray(im)
    h, w = a.shape[:2]
    by, bx = math.ceil(max(0, ch - h) / 2), math.ceil(max(0, cw - w) / 2)
    return pad_then_crop(a, ch, cw, (h - ch) // 2 + by, (w - cw) // 2 + bx, by, bx)


def to_tensor(a):
    if a.ndim == 2:
        a = a[:, :, None]
    return torch.from_numpy(a.transpose(2, 0, 1).copy()).to(torch.float32).div(255)


def normalize(t, mean=MEAN, std=STD):
    t = t.clone()
    return t.sub_(torch.tensor(mean)[:, None, None]).div_(torch.tensor(std)[:, None, None])


def imagenet(im):
    return normalize(to_tensor(center_crop_torchvision(resize_short(im, 256, Image.BILINEAR), 224, 224)))


def imagenet_library(im):
    """The same through torchvision itself."""
    from torchvision import transforms as T
    return T.Compose([T.Resize(256), T.CenterCrop(224), T.ToTensor(), T.Normalize(MEAN, STD)])(im)


def huggingface(im):
    """ViT-like with a crop: rescale in float64 as NumPy does, then float32."""
    a = center_crop_huggingface(resize_short(im, 231, Image.BICUBIC), 224, 224)
    x = a.astype(np.float64) * 0.00392156862745098
    x = (x - np.array([0.5, 0.4, 0.3])) / np.array([0.5, 0.25, 0.2])
    return torch.from_numpy(x.transpose(2, 0, 1)).to(torch.float32)


def convnext(im):
    a = center_crop_huggingface(resize_short(im, int(224 / 0.875), Image.BICUBIC), 224, 224)
    return normalize(to_tensor(a))


def keras(im):
    a = np.asarray(im.resize((224, 224), Image.BILINEAR)).astype(np.float32)
    a /= 127.5
    a -= 1.0
    return torch.from_numpy(a.transpose(2, 0, 1).copy())


def caffe(im):
    a = center_crop_torchvision(resize_short(im, 256, Image.BILINEAR), 224, 224).astype(np.float32)[:, :, ::-1]
    a = a - np.array([103.939, 116.779, 123.68], np.float32)
    return torch.from_numpy(a.transpose(2, 0, 1).copy())


def plain(im):
    return to_tensor(np.asarray(im.resize((224, 224), Image.BILINEAR)))


def grey(im):
    return to_tensor(np.asarray(im.convert("L").resize((96, 96), Image.BILINEAR)))


def padded(im):
    """A crop larger than the image, with an odd number of pixels missing."""
    return normalize(to_tensor(center_crop_torchvision(resize_short(im, 101, Image.LANCZOS), 224, 224)))


def padded_huggingface(im):
    return normalize(to_tensor(center_crop_huggingface(resize_short(im, 101, Image.LANCZOS), 224, 224)))


def torch_half_pixel(im):
    """torch's align_corners=False: tf.image.resize's positions, rounded otherwise."""
    t = torch.from_numpy(np.asarray(im).transpose(2, 0, 1).copy()).to(torch.float32)[None]
    return torch.nn.functional.interpolate(t, size=(160, 192), mode="bilinear", align_corners=False, antialias=False)[0] / 255


def tensorflow_weights(n, m, cubic):
    """The m×n matrix of one direction of tf.image.resize(antialias=False): positions
    in float32 with half-pixel centres; Keys' cubic from a table of 1024 steps."""
    f = np.float32
    scale = f(n) / f(m)
    weights = np.zeros((m, n))
    for i in range(m):
        at = (f(i) + f(0.5)) * scale - f(0.5)
        whole = int(np.floor(at))
        delta = at - f(whole)
        if not cubic:
            weights[i, min(max(whole, 0), n - 1)] += 1 - float(delta)
            weights[i, min(max(whole + 1, 0), n - 1)] += float(delta)
            continue
        step = np.rint(delta * f(1024)) / 1024.0
        for j in range(whole - 1, whole + 3):
            if 0 <= j < n:
                x, a = abs(step - (j - whole)), -0.5
                weights[i, j] = ((a + 2) * x - (a + 3)) * x * x + 1 if x <= 1 else ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
        weights[i] /= weights[i].sum()
    return weights


def tensorflow(im, cubic):
    a = np.asarray(im).astype(np.float64)
    rows, columns = tensorflow_weights(a.shape[0], 160, cubic), tensorflow_weights(a.shape[1], 192, cubic)
    return torch.from_numpy(np.einsum("yh,hwc,xw->cyx", rows, a, columns, optimize=True) / 255).to(torch.float32)


def tensorflow_bilinear(im):
    return tensorflow(im, False)


def tensorflow_bicubic(im):
    return tensorflow(im, True)


results = []
for i, path in enumerate(ask["files"]):
    im = Image.open(path).convert("RGB")
    for recipe in ask["recipes"]:
        if recipe == "imagenet_library" and importlib.util.find_spec("torchvision") is None:
            continue
        t = globals()[recipe](im)
        out = os.path.join(ask["dir"], f"{i}-{recipe}.f32")
        with open(out, "wb") as f:
            f.write(np.ascontiguousarray(t.numpy(), dtype=np.float32).tobytes())
        results.append(dict(file=path, recipe=recipe, tensor=out))
json.dump(results, sys.stdout)
