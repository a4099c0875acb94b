"""Resizes images with PIL and OpenCV for the tests of package imaging.

Input (JSON): {dir, sources: [{width, height}], targets: [[w, h]]}
Output (JSON): [{library, filter, source, width, height, pixels}]; the sources are
written to dir too, as raw RGB.
"""
import json, os, sys
import numpy as np
from PIL import Image

try:
    import cv2
except ImportError:
    cv2 = None

FILTERS = dict(nearest=0, lanczos=1, bilinear=2, bicubic=3, box=4, hamming=5)
ask = json.load(sys.stdin)
rng = np.random.RandomState(11)
results = []


def write(name, a):
    path = os.path.join(ask["dir"], name)
    with open(path, "wb") as f:
        f.write(np.ascontiguousarray(a).tobytes())
    return path


for s, (w, h) in enumerate(ask["sources"]):
    # Noise over blocks of black and white: overshoot, clipping and every weight matter.
    a = rng.randint(0, 256, (h, w, 3)).astype(np.uint8)
    a[(np.add.outer(np.arange(h) // 6, np.arange(w) // 5) % 3) == 0] = 255
    a[(np.add.outer(np.arange(h) // 7, np.arange(w) // 4) % 3) == 1] = 0
    source = write(f"source-{s}.rgb", a)
    im = Image.fromarray(a)
    for tw, th in ask["targets"]:
        def add(library, name, pixels):
            results.append(dict(library=library, filter=name, source=source, sourceWidth=w, sourceHeight=h, width=tw, height=th,
                                pixels=write(f"{library}-{name}-{s}-{tw}x{th}.rgb", pixels)))
        for name, number in FILTERS.items():
            add("pillow", name, np.asarray(im.resize((tw, th), number)))
        if cv2 is not None:
            add("opencv", "bilinear", cv2.resize(a, (tw, th), interpolation=cv2.INTER_LINEAR))
            add("opencv", "bicubic", cv2.resize(a, (tw, th), interpolation=cv2.INTER_CUBIC))
json.dump(results, sys.stdout)
