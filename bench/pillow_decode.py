"""Times Pillow + torchvision's steps from a JPEG file to a model input, as the
yardstick of imaging's benchmarks (imaging/bench_test.go, which runs this).

    pillow_decode.py make DIR      writes 12mp.jpg (4000×3000) and 500x400.jpg
    pillow_decode.py time FILE…    prints {FILE: {decode, total, decode_cpu, total_cpu}}:
                                   medians in ms, by the clock and in processor time

The steps are torchvision's evaluation transform: decode, convert("RGB"), shortest
edge 256 bilinear, centre 224×224, to float32 CHW, normalize. One thread.
"""
import io, json, os, sys, time
import numpy as np
from PIL import Image


def photo(w, h):
    """Noise of every octave, as photographs have, and a few hard edges."""
    rng = np.random.RandomState(3)
    a = np.zeros((h, w, 3), np.float32)
    size, strength = 4, 60.0
    while size < max(w, h) * 2:
        small = Image.fromarray((rng.rand(max(1, h * size // w), size, 3) * 255).astype(np.uint8))
        a += strength * (np.asarray(small.resize((w, h), Image.BICUBIC), np.float32) / 127.5 - 1)
        size, strength = size * 2, strength * 0.62
    y, x = np.mgrid[0:h, 0:w]
    a += 40 * (((x * 5 // w) + (y * 4 // h)) % 2)[:, :, None]
    a += rng.normal(0, 5, a.shape)  # the sensor's
    return Image.fromarray(np.clip(a + 110, 0, 255).astype(np.uint8))


def make(folder):
    photo(4000, 3000).save(os.path.join(folder, "12mp.jpg"), quality=90, subsampling=2)
    photo(500, 400).save(os.path.join(folder, "500x400.jpg"), quality=90, subsampling=2)


def now():
    return np.array([time.perf_counter(), time.thread_time()])


def timings(data, torch):
    mean, std = torch.tensor([0.485, 0.456, 0.406])[:, None, None], torch.tensor([0.229, 0.224, 0.225])[:, None, None]
    start = now()
    im = Image.open(io.BytesIO(data)).convert("RGB")
    decoded = now()
    w, h = im.size
    size = (256, int(256 * h / w)) if w <= h else (int(256 * w / h), 256)
    im = im.resize(size, Image.BILINEAR)
    left, top = int(round((size[0] - 224) / 2)), int(round((size[1] - 224) / 2))
    im = im.crop((left, top, left + 224, top + 224))
    t = torch.from_numpy(np.array(im)).permute((2, 0, 1)).contiguous().to(torch.float32).div(255)
    t.sub_(mean).div_(std)
    return np.stack([decoded - start, now() - start])


def measure(path):
    import torch
    torch.set_num_threads(1)
    with open(path, "rb") as f:
        data = f.read()
    count = 15 if len(data) > 1 << 20 else 200
    timings(data, torch)
    decode, total = np.median([timings(data, torch) for _ in range(count)], axis=0) * 1e3
    return dict(decode=decode[0], total=total[0], decode_cpu=decode[1], total_cpu=total[1])


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    json.dump({path: measure(path) for path in sys.argv[2:]}, sys.stdout)
