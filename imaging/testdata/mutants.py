"""Damages files of the corpus in ten ways and writes what PIL makes of each.

    mutants.py CORPUS OUT COUNT SEED

CORPUS is what corpus.py wrote. OUT gets one JSON object a line:
{name, at, length, error, width, height, pixels}: the file is length bytes of
OUT.data from position at on; error is PIL's, null where PIL decodes it, and then
width × height × 3 bytes of pixels lie in OUT.data at position pixels.
"""
import io, json, random, sys, warnings
import numpy as np
from PIL import Image

warnings.simplefilter("ignore")
corpus, out, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

# Small files of every kind; 16 bits differ from PIL on purpose.
seeds = [c for c in json.load(open(corpus + "/cases.json")) if c["exact"] and 300 <= c["width"] * c["height"] <= 6000]
by_format = {}
for c in seeds:
    by_format.setdefault(c["file"].rsplit(".", 1)[1], []).append(c)
# Half of all are JPEG, which is what folders of photographs hold.
turn = [f for f in sorted(by_format) for _ in range(len(by_format) - 1 if f == "jpg" else 1)]


def place(r, data, header=False):
    """A place to damage: mostly in the body, sometimes in the first bytes."""
    n = len(data)
    return r.randrange(min(n, 64) if header else n)


def flip(r, d):
    for _ in range(r.choice([1, 1, 2, 8])):
        i = place(r, d)
        d[i] ^= 1 << r.randrange(8)


def header(r, d):
    for _ in range(r.choice([1, 2])):
        d[place(r, d, True)] = r.randrange(256)


def noise(r, d):
    a = place(r, d)
    n = r.choice([1, 4, 16, 200])
    for i in range(a, min(len(d), a + n)):
        d[i] = r.randrange(256)


def tail(r, d):
    a = len(d) // 3
    for i in range(a, len(d)):
        d[i] = r.randrange(256)


def cut(r, d):
    del d[place(r, d):]


def remove(r, d):
    a = place(r, d)
    del d[a:a + r.choice([1, 2, 16, 100])]


def insert(r, d):
    a = place(r, d)
    d[a:a] = bytes(r.randrange(256) for _ in range(r.choice([1, 2, 16])))


def double(r, d):
    a, n = place(r, d), r.choice([2, 30, 200])
    d[a:a] = d[a:a + n]


def splice(r, d):
    other = open(r.choice(by_format[r.choice(sorted(by_format))])["file"], "rb").read()
    a = place(r, d)
    d[a:] = other[min(len(other) - 1, a):]


def lie(r, d):
    a = place(r, d)
    d[a:a + 2] = r.choice([b"\0\0", b"\xff\xff", b"\0\1", b"\x7f\xff"])


mutations = [flip, header, noise, tail, cut, remove, insert, double, splice, lie]


def pil(data):
    try:
        im = Image.open(io.BytesIO(data))
        if im.width * im.height > 4 << 20:
            return "larger than the test wants", None
        return None, np.asarray(im.convert("RGB"))
    except Exception as e:
        return f"{type(e).__name__}: {e}"[:200], None


with open(out, "w") as index, open(out + ".data", "wb") as blob:
    for i in range(count):
        r = random.Random(f"{seed}/{i}")
        c = r.choice(by_format[turn[i % len(turn)]])
        mutate = mutations[i // len(turn) % len(mutations)]
        data = bytearray(open(c["file"], "rb").read())
        mutate(r, data)
        if not data:
            data = bytearray(b"\0")
        error, pixels = pil(bytes(data))
        row = dict(name=f"{i:04d} {c['name']} {mutate.__name__}", at=blob.tell(), length=len(data), error=error)
        blob.write(data)
        if error is None:
            row.update(height=pixels.shape[0], width=pixels.shape[1], pixels=blob.tell())
            blob.write(np.ascontiguousarray(pixels).tobytes())
        index.write(json.dumps(row) + "\n")
