"""Writes the corpus of image files that the tests of package imaging decode,
with the pixels that PIL's convert("RGB") gives for each.

    corpus.py OUT     OUT/cases.json: [{name, file, width, height, pixels, exact}]

Everything is made here, from a fixed seed. Formats PIL cannot write (interlaced
and 16-bit PNG, YCCK JPEG, odd bitmaps, …) are written or patched by hand.
"""
import io, json, os, shutil, struct, subprocess, sys, zlib
import numpy as np
from PIL import Image, TiffImagePlugin

out = sys.argv[1]
cases = []
rng = np.random.RandomState(7)


def drawn(w, h, channels=3):
    """Smooth gradients, hard edges and noise: what decoders and filters differ on."""
    y, x = np.mgrid[0:h, 0:w].astype(np.float64)
    layers = []
    for c in range(channels):
        v = 127 + 90 * np.sin(x / (5 + 3 * c) + c) * np.cos(y / (7 - c)) + 60 * ((x // 9 + y // 13 + c) % 2) - 30
        layers.append(v + rng.normal(0, 12, (h, w)))
    a = np.clip(np.stack(layers, -1), 0, 255).astype(np.uint8)
    return a[:, :, 0] if channels == 1 else a


def add(name, data, ext, exact=True, expected=None):
    """exact=False: PIL itself saturates or truncates 16 bits; expected is the rule then."""
    path = os.path.join(out, name + "." + ext)
    with open(path, "wb") as f:
        f.write(data)
    if expected is None:
        expected = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    with open(path + ".rgb", "wb") as f:
        f.write(np.ascontiguousarray(expected, dtype=np.uint8).tobytes())
    cases.append(dict(name=name, file=path, width=expected.shape[1], height=expected.shape[0], pixels=path + ".rgb", exact=exact))


def save(im, fmt, **options):
    b = io.BytesIO()
    im.save(b, fmt, **options)
    return b.getvalue()


SIZES = [(64, 48), (65, 47), (1, 1), (1, 17), (17, 1), (7, 5), (16, 16), (33, 31), (227, 149), (2, 3), (8, 8), (9, 9), (640, 3), (3, 640)]


# ---- JPEG
def segments(data):
    """(marker, start, end) of each segment before the scan."""
    at = 2
    while data[at + 1] != 0xDA:
        n = struct.unpack(">H", data[at + 2:at + 4])[0]
        yield data[at + 1], at, at + 2 + n
        at += 2 + n


def without(data, markers):
    for marker, a, b in reversed(list(segments(data))):
        if marker in markers:
            data = data[:a] + data[b:]
    return data


def adobe(transform):
    return b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([transform])


def jpegs():
    for w, h in SIZES:
        im = Image.fromarray(drawn(w, h))
        for sub, name in ((0, "444"), (1, "422"), (2, "420")):
            for progressive in (False, True):
                kind = "progressive" if progressive else "baseline"
                add(f"jpeg-{kind}-{name}-{w}x{h}", save(im, "JPEG", quality=88, subsampling=sub, progressive=progressive), "jpg")
        add(f"jpeg-grey-{w}x{h}", save(im.convert("L"), "JPEG", quality=80), "jpg")
        cmyk = save(Image.fromarray(drawn(w, h, 4), "CMYK"), "JPEG", quality=90)
        add(f"jpeg-cmyk-{w}x{h}", cmyk, "jpg")
    im = Image.fromarray(drawn(227, 149))
    for q in (5, 30, 60, 75, 95, 100):
        add(f"jpeg-quality-{q}", save(im, "JPEG", quality=q), "jpg")
    add("jpeg-optimised", save(im, "JPEG", optimize=True), "jpg")
    cmyk = save(Image.fromarray(drawn(101, 67, 4), "CMYK"), "JPEG", quality=90)
    bare = without(cmyk, [0xEE])
    add("jpeg-cmyk-no-adobe", bare, "jpg")
    add("jpeg-ycck", bare[:2] + adobe(2) + bare[2:], "jpg")
    add("jpeg-ycck-progressive", (lambda d: d[:2] + adobe(2) + d[2:])(without(save(Image.fromarray(drawn(101, 67, 4), "CMYK"), "JPEG", progressive=True), [0xEE])), "jpg")
    plain = without(save(im, "JPEG", subsampling=0), [0xE0])
    add("jpeg-rgb-adobe", plain[:2] + adobe(0) + plain[2:], "jpg")
    add("jpeg-no-jfif", plain, "jpg")
    exif = Image.Exif()
    exif[0x0112] = 6
    add("jpeg-exif", save(im, "JPEG", exif=exif), "jpg")
    add("jpeg-icc", save(im, "JPEG", icc_profile=b"\0" * 128), "jpg")
    add("jpeg-trailing-garbage", save(im, "JPEG") + b"garbage" * 9, "jpg")
    add("jpeg-named-png", save(im, "JPEG"), "png")


def odd_jpegs():
    """Samplings and codings PIL cannot write, where libjpeg-turbo's tools are there."""
    if not shutil.which("cjpeg"):
        return
    for w, h in [(227, 149), (33, 31), (1, 17), (17, 1)]:
        ppm = save(Image.fromarray(drawn(w, h)), "PPM")
        for name, options in {"411": ["-sample", "4x1"], "440": ["-sample", "1x2"], "441": ["-sample", "1x4"], "410": ["-sample", "4x2"],
                              "mixed": ["-sample", "2x2,2x1,1x2"], "restart": ["-restart", "1"], "progressive-restart": ["-progressive", "-restart", "2B"],
                              "smoothed": ["-smooth", "20"], "rgb": ["-rgb"], "float": ["-dct", "float"]}.items():
            add(f"jpeg-odd-{name}-{w}x{h}", subprocess.run(["cjpeg", "-quality", "85"] + options, input=ppm, stdout=subprocess.PIPE, check=True).stdout, "jpg")


# ---- PNG, by hand
def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def pack(rows, depth):
    """rows: h × (w·channels) sample values → scanlines with a filter byte each."""
    lines = []
    for row in rows:
        if depth == 16:
            line = row.astype(">u2").tobytes()
        elif depth == 8:
            line = row.astype(np.uint8).tobytes()
        else:
            bits = "".join(format(int(v), "0%db" % depth) for v in row)
            bits += "0" * (-len(bits) % 8)
            line = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        lines.append(b"\0" + line)
    return b"".join(lines)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, colour, depth, interlaced=False, extra=b""):
    h, w = samples.shape[:2]
    samples = samples.reshape(h, w, -1)
    if interlaced:
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
    else:
        parts = [samples]
    body = b"".join(pack(p.reshape(p.shape[0], -1), depth) for p in parts if p.size)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, int(interlaced)))
            + extra + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b""))


def scaled(samples, channels):
    """round(v/257): the rule for 16 bits, where PIL saturates or truncates."""
    v = ((samples.astype(np.int64) + 128) // 257).astype(np.uint8)
    return np.repeat(v[:, :, :1], 3, 2) if channels < 3 else v[:, :, :3]


def pngs():
    for w, h in [(64, 48), (1, 1), (1, 17), (17, 1), (33, 31), (5, 3)]:
        for colour, channels, depths in ((0, 1, (1, 2, 4, 8, 16)), (2, 3, (8, 16)), (3, 1, (1, 2, 4, 8)), (4, 2, (8, 16)), (6, 4, (8, 16))):
            for depth in depths:
                for interlaced in (False, True):
                    samples = rng.randint(0, 1 << depth, (h, w, channels))
                    palette = chunk(b"PLTE", rng.randint(0, 256, 3 << depth).astype(np.uint8).tobytes()) if colour == 3 else b""
                    kind = "adam7" if interlaced else "plain"
                    data = png(samples, colour, depth, interlaced, palette)
                    name = f"png-colour{colour}-depth{depth}-{kind}-{w}x{h}"
                    if depth == 16:
                        add(name, data, "png", exact=False, expected=scaled(samples, channels))
                    else:
                        add(name, data, "png")
    h, w = 48, 64
    palette = chunk(b"PLTE", rng.randint(0, 256, 300).astype(np.uint8).tobytes())
    add("png-palette-alpha", png(rng.randint(0, 100, (h, w, 1)), 3, 8, False, palette + chunk(b"tRNS", bytes(range(0, 200, 2)))), "png")
    add("png-grey-transparent", png(rng.randint(0, 256, (h, w, 1)), 0, 8, False, chunk(b"tRNS", b"\0\x80")), "png")
    add("png-grey4-transparent", png(rng.randint(0, 16, (h, w, 1)), 0, 4, False, chunk(b"tRNS", b"\0\x08")), "png")
    add("png-rgb-transparent", png(rng.randint(0, 256, (h, w, 3)), 2, 8, False, chunk(b"tRNS", b"\0\x80\0\x80\0\x80")), "png")
    add("png-gamma", png(rng.randint(0, 256, (h, w, 3)), 2, 8, False, chunk(b"gAMA", struct.pack(">I", 100000))), "png")
    a = drawn(227, 149, 4)
    a[:, :, 3] = rng.randint(0, 3, (149, 227)) * 127
    im = Image.fromarray(a, "RGBA")
    add("png-rgba", save(im, "PNG"), "png")
    add("png-la", save(im.convert("LA"), "PNG"), "png")
    add("png-palette-adaptive", save(im.convert("RGB").quantize(40), "PNG"), "png")
    add("png-bilevel", save(im.convert("1"), "PNG"), "png")
    add("png-optimised", save(im.convert("RGB"), "PNG", optimize=True), "png")
    add("png-named-jpg", save(im.convert("RGB"), "PNG"), "jpg")
    frames = [Image.fromarray(drawn(40, 30)) for _ in range(3)]
    add("png-animated", save(frames[0], "PNG", save_all=True, append_images=frames[1:]), "png")


# ---- GIF
def gifs():
    for w, h in [(64, 48), (1, 1), (1, 17), (17, 1), (33, 31)]:
        im = Image.fromarray(drawn(w, h))
        for interlace in (0, 1):
            add(f"gif-palette-interlace{interlace}-{w}x{h}", save(im.quantize(64), "GIF", interlace=interlace), "gif")
        add(f"gif-grey-{w}x{h}", save(im.convert("L"), "GIF"), "gif")
    p = Image.fromarray(drawn(64, 48)).quantize(200)
    add("gif-transparent", save(p, "GIF", transparency=3), "gif")
    frames = [Image.fromarray(drawn(40, 30)).quantize(128) for _ in range(4)]
    add("gif-animated", save(frames[0], "GIF", save_all=True, append_images=frames[1:]), "gif")
    for interlace in (0, 1):
        for transparency in (None, 9):
            options = {} if transparency is None else dict(transparency=transparency)
            data = bytearray(save(p, "GIF", interlace=interlace, **options))
            struct.pack_into("<HH", data, 6, 90, 71)  # a larger canvas
            at = data.index(b",", 13 + 3 * 256)
            struct.pack_into("<HH", data, at + 1, 11, 5)
            add(f"gif-offset-interlace{interlace}-{'opaque' if transparency is None else 'transparent'}", bytes(data), "gif")
    data = bytearray(save(p, "GIF"))
    struct.pack_into("<HH", data, 6, 20, 20)  # a canvas too small
    add("gif-larger-than-canvas", bytes(data), "gif")
    data = bytearray(save(p, "GIF"))
    data[10] &= 0x7F  # no global palette
    add("gif-no-palette", bytes(data[:13]) + bytes(data[13 + 3 * 256:]), "gif")


# ---- WebP
def webps():
    for w, h in [(64, 48), (1, 1), (1, 17), (17, 1), (33, 31), (227, 149)]:
        im = Image.fromarray(drawn(w, h))
        add(f"webp-lossy-{w}x{h}", save(im, "WEBP", quality=80), "webp")
        add(f"webp-lossless-{w}x{h}", save(im, "WEBP", lossless=True), "webp")
        a = drawn(w, h, 4)
        a[:, :, 3] = rng.randint(0, 3, (h, w)) * 127
        alpha = Image.fromarray(a, "RGBA")
        add(f"webp-alpha-lossy-{w}x{h}", save(alpha, "WEBP", quality=80), "webp")
        add(f"webp-alpha-lossless-{w}x{h}", save(alpha, "WEBP", lossless=True, exact=True), "webp")
    frames = [Image.fromarray(drawn(40, 30)) for _ in range(3)]
    add("webp-animated", save(frames[0], "WEBP", save_all=True, append_images=frames[1:]), "webp")
    exif = Image.Exif()
    exif[0x0112] = 8
    add("webp-exif", save(frames[0], "WEBP", exif=exif), "webp")


# ---- BMP
def bmp(w, h, bits, rows, compression=0, masks=b"", palette=b"", header=40, colours=0):
    head = struct.pack("<IiiHHIIiiII", header, w, h, 1, bits, compression, len(rows), 2835, 2835, colours, 0)
    if header == 12:
        head = struct.pack("<IHHHH", 12, w, h, 1, bits)
    head += masks + b"\0" * max(0, header - len(head) - len(masks))
    offset = 14 + len(head) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(rows), 0, 0, offset) + head + palette + rows


def bmps():
    for w, h in [(64, 48), (1, 1), (1, 17), (17, 1), (33, 31)]:
        im = Image.fromarray(drawn(w, h))
        for mode in ("1", "L", "RGB"):
            add(f"bmp-{mode}-{w}x{h}", save(im.convert(mode), "BMP"), "bmp")
        add(f"bmp-palette-{w}x{h}", save(im.quantize(90), "BMP"), "bmp")
        add(f"bmp-rgba-{w}x{h}", save(Image.fromarray(drawn(w, h, 4), "RGBA"), "BMP"), "bmp")
        stride = (w * 2 + 3) // 4 * 4
        rows = rng.randint(0, 256, stride * h).astype(np.uint8).tobytes()
        add(f"bmp-555-{w}x{h}", bmp(w, h, 16, rows), "bmp")
        add(f"bmp-565-{w}x{h}", bmp(w, h, 16, rows, 3, struct.pack("<III", 0xF800, 0x7E0, 0x1F)), "bmp")
        add(f"bmp-top-down-{w}x{h}", bmp(w, -h, 16, rows), "bmp")
        rows4 = rng.randint(0, 256, (w * 4 + 31) // 32 * 4 * h).astype(np.uint8).tobytes()
        pal16 = rng.randint(0, 256, 64).astype(np.uint8).tobytes()
        add(f"bmp-4bit-{w}x{h}", bmp(w, h, 4, rows4, palette=pal16), "bmp")
        rows32 = rng.randint(0, 256, 4 * w * h).astype(np.uint8).tobytes()
        add(f"bmp-32bit-{w}x{h}", bmp(w, h, 32, rows32), "bmp")
        add(f"bmp-32bit-fields-{w}x{h}", bmp(w, h, 32, rows32, 3, struct.pack("<IIII", 0xFF, 0xFF00, 0xFF0000, 0xFF000000), header=124), "bmp")
        rows24 = rng.randint(0, 256, (w * 3 + 3) // 4 * 4 * h).astype(np.uint8).tobytes()
        add(f"bmp-os2-{w}x{h}", bmp(w, h, 24, rows24, header=12), "bmp")
    pal = rng.randint(0, 256, 1024).astype(np.uint8).tobytes()
    runs = b"".join(bytes([20, i, 0, 3, 7, 8, 9, 0, 9, 200 - i, 0, 0]) for i in range(20)) + b"\0\1"
    add("bmp-rle8", bmp(32, 20, 8, runs, 1, palette=pal), "bmp")
    runs = b"".join(bytes([21, 16 * i + 5, 0, 4, 0x7A, 0x8B, 7, 0x31, 0, 0]) for i in range(12)) + b"\0\1"
    add("bmp-rle4", bmp(32, 12, 4, runs, 2, palette=pal[:64]), "bmp")


# ---- TIFF
def tiffs():
    im = Image.fromarray(drawn(97, 61))
    rgba = Image.fromarray(drawn(97, 61, 4), "RGBA")
    for compression in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        options = {} if compression is None else dict(compression=compression)
        add(f"tiff-rgb-{compression or 'raw'}", save(im, "TIFF", **options), "tif")
        add(f"tiff-grey-{compression or 'raw'}", save(im.convert("L"), "TIFF", **options), "tif")
        if compression != "jpeg":
            add(f"tiff-rgba-{compression or 'raw'}", save(rgba, "TIFF", **options), "tif")
            add(f"tiff-palette-{compression or 'raw'}", save(im.quantize(77), "TIFF", **options), "tif")
            add(f"tiff-bilevel-{compression or 'raw'}", save(im.convert("1"), "TIFF", **options), "tif")
            add(f"tiff-cmyk-{compression or 'raw'}", save(Image.fromarray(drawn(97, 61, 4), "CMYK"), "TIFF", **options), "tif")
            add(f"tiff-la-{compression or 'raw'}", save(rgba.convert("LA"), "TIFF", **options), "tif")
    add("tiff-group4", save(im.convert("1"), "TIFF", compression="group4"), "tif")
    for orientation in range(1, 9):
        info = TiffImagePlugin.ImageFileDirectory_v2()
        info[0x0112] = orientation
        add(f"tiff-orientation-{orientation}", save(im, "TIFF", tiffinfo=info), "tif")
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[317] = 2
    add("tiff-predictor", save(im, "TIFF", compression="tiff_lzw", tiffinfo=info), "tif")
    add("tiff-pages", save(im, "TIFF", save_all=True, append_images=[im.rotate(90), im]), "tif")
    a = rng.randint(0, 65536, (61, 97)).astype(np.uint16)
    add("tiff-grey16", save(Image.fromarray(a), "TIFF"), "tif", exact=False, expected=scaled(a.reshape(61, 97, 1), 1))
    for order in "<>":
        add(f"tiff-hand-{'little' if order == '<' else 'big'}-endian", hand_tiff(order, drawn(53, 37)), "tif")
        add(f"tiff-planar-{'little' if order == '<' else 'big'}-endian", hand_tiff(order, drawn(53, 37), planar=True), "tif")
        add(f"tiff-tiled-{'little' if order == '<' else 'big'}-endian", hand_tiff(order, drawn(53, 37), tile=16), "tif")
        a = rng.randint(0, 65536, (37, 53, 3)).astype(np.uint16)
        add(f"tiff-rgb16-{'little' if order == '<' else 'big'}-endian", hand_tiff(order, a), "tif", exact=False, expected=scaled(a, 3))
    for extra, name in ((0, "unspecified"), (1, "associated"), (2, "unassociated")):
        add(f"tiff-alpha-{name}", hand_tiff("<", drawn(53, 37, 4), extra=extra), "tif")
    add("tiff-min-is-white", hand_tiff("<", drawn(53, 37, 1)[:, :, None], photometric=0), "tif")


def hand_tiff(order, a, planar=False, tile=0, photometric=None, extra=None):
    """An uncompressed TIFF: strips of 10 rows, separate planes, or tiles."""
    h, w, c = a.shape
    bits = 8 * a.dtype.itemsize
    a = a.astype(a.dtype.newbyteorder(order))
    planes = [a[:, :, i:i + 1] for i in range(c)] if planar else [a]
    blocks = []
    for p in planes:
        if tile:
            padded = np.zeros(((h + tile - 1) // tile * tile, (w + tile - 1) // tile * tile, p.shape[2]), a.dtype)
            padded[:h, :w] = p
            blocks += [padded[y:y + tile, x:x + tile].tobytes() for y in range(0, h, tile) for x in range(0, w, tile)]
        else:
            blocks += [p[y:y + 10].tobytes() for y in range(0, h, 10)]
    offsets, at = [], 8
    for b in blocks:
        offsets.append(at)
        at += len(b)
    lengths = [len(b) for b in blocks]
    tags = [(256, 3, [w]), (257, 3, [h]), (258, 3, [bits] * c), (259, 3, [1]),
            (262, 3, [photometric if photometric is not None else (2 if c >= 3 else 1)]), (277, 3, [c]), (284, 3, [2 if planar else 1])]
    if extra is not None:
        tags += [(338, 3, [extra])]
    if tile:
        tags += [(322, 3, [tile]), (323, 3, [tile]), (324, 4, offsets), (325, 4, lengths)]
    else:
        tags += [(273, 4, offsets), (278, 3, [10]), (279, 4, lengths)]
    tags.sort()
    after_at = at + 2 + 12 * len(tags) + 4
    directory, values_after = struct.pack(order + "H", len(tags)), b""
    for tag, kind, values in tags:
        body = struct.pack(order + {3: "H", 4: "I"}[kind] * len(values), *values)
        entry = struct.pack(order + "HHI", tag, kind, len(values))
        if len(body) <= 4:
            entry += body.ljust(4, b"\0")
        else:
            entry += struct.pack(order + "I", after_at + len(values_after))
            values_after += body
        directory += entry
    head = b"II*\0" if order == "<" else b"MM\0*"
    return head + struct.pack(order + "I", at) + b"".join(blocks) + directory + b"\0\0\0\0" + values_after


# ---- PNM
def pnms():
    for w, h in [(64, 48), (1, 1), (1, 17), (17, 1), (33, 31)]:
        im = Image.fromarray(drawn(w, h))
        for mode in ("1", "L", "RGB"):
            add(f"pnm-raw-{mode}-{w}x{h}", save(im.convert(mode), "PPM"), "ppm")
        bits = rng.randint(0, 2, (h, w))
        add(f"pnm-P1-{w}x{h}", b"P1\n# c\n%d %d\n" % (w, h) + b"\n".join(b"".join(b"%d" % v for v in row) for row in bits) + b"\n", "pbm")
        for maximum in (1, 7, 100, 255):
            v = rng.randint(0, maximum + 1, (h, w))
            add(f"pnm-P2-max{maximum}-{w}x{h}", b"P2 %d %d\n#c\n%d\n" % (w, h, maximum) + b" ".join(b"%d" % x for x in v.ravel()) + b"\n", "pgm")
            v = rng.randint(0, maximum + 1, (h, w * 3))
            add(f"pnm-P3-max{maximum}-{w}x{h}", b"P3 %d %d %d\n" % (w, h, maximum) + b" ".join(b"%d" % x for x in v.ravel()) + b"\n", "ppm")
            add(f"pnm-P6-max{maximum}-{w}x{h}", b"P6 %d %d %d\n" % (w, h, maximum) + v.astype(np.uint8).tobytes(), "ppm")
        v = rng.randint(0, 65536, (h, w, 3))
        add(f"pnm-P6-max65535-{w}x{h}", b"P6 %d %d 65535\n" % (w, h) + v.astype(">u2").tobytes(), "ppm")
        v = rng.randint(0, 65536, (h, w, 1))
        add(f"pnm-P5-max65535-{w}x{h}", b"P5 %d %d 65535\n" % (w, h) + v.astype(">u2").tobytes(), "pgm", exact=False, expected=scaled(v, 1))


for write in (jpegs, odd_jpegs, pngs, gifs, webps, bmps, tiffs, pnms):
    write()
with open(os.path.join(out, "cases.json"), "w") as f:
    json.dump(cases, f)
