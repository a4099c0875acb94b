"""Writes one image with each EXIF orientation, as JPEG, PNG and WebP, and its
pixels after PIL's ImageOps.exif_transpose.

Input (JSON): {dir}    Output (JSON): [{file, orientation, pixels, width, height}]
"""
import json, os, sys
import numpy as np
from PIL import Image, ImageOps

ask = json.load(sys.stdin)
rng = np.random.RandomState(5)
im = Image.fromarray(rng.randint(0, 256, (21, 34, 3)).astype(np.uint8))
results = []
for orientation in range(0, 9):
    exif = Image.Exif()
    exif[0x010E] = "a description before it"
    if orientation:
        exif[0x0112] = orientation
    for fmt, options in (("JPEG", {}), ("PNG", {}), ("WEBP", dict(lossless=True))):
        path = os.path.join(ask["dir"], f"{orientation}.{fmt.lower()}")
        im.save(path, fmt, exif=exif, **options)
        upright = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        with open(path + ".rgb", "wb") as f:
            f.write(np.asarray(upright).tobytes())
        results.append(dict(file=path, orientation=max(1, orientation), pixels=path + ".rgb", width=upright.width, height=upright.height))
json.dump(results, sys.stdout)
