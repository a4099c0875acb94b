"""SHA-256 of the pixels of real photos, decoded and resized by PIL.

Input (JSON): {files: [path], edge, filter}
Output (JSON): [{file, decoded, resized, width, height}]
"""
import hashlib, json, sys
import numpy as np
from PIL import Image

ask = json.load(sys.stdin)
results = []
for path in ask["files"]:
    im = Image.open(path).convert("RGB")
    w, h = im.size
    size = (ask["edge"], int(ask["edge"] * h / w)) if w <= h else (int(ask["edge"] * w / h), ask["edge"])
    small = im.resize(size, ask["filter"])
    digest = lambda i: hashlib.sha256(np.asarray(i).tobytes()).hexdigest()
    results.append(dict(file=path, decoded=digest(im), resized=digest(small), width=size[0], height=size[1]))
json.dump(results, sys.stdout)
