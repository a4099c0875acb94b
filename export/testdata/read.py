"""Reads exported folders with the standard library alone and prints what each sample has, as JSON."""
import csv, io, json, os, sys, tarfile
import xml.etree.ElementTree as ET

root = sys.argv[1]
at = lambda *parts: os.path.join(root, *parts)
hexed = lambda path: open(path, "rb").read().hex()
load = lambda *parts: json.load(open(at(*parts), encoding="utf-8"))
number = lambda v: round(float(v), 6)


def table(folder, scores=False):
    with open(at(folder, "samples.csv"), newline="", encoding="utf-8") as f:
        rows = list(csv.reader(f))
    for row in rows[1:]:
        out = dict(zip(rows[0][:6], row[:6]))
        out["confidence"] = number(out["confidence"])
        if scores:
            out["scores"] = [number(v) for v in row[6:]]
        yield out


def issues():
    with open(at("issues", "samples.csv"), newline="", encoding="utf-8") as f:
        for row in csv.DictReader(f):
            assert row["is_label_issue"] in ("true", "false"), row
            yield dict(path=row["path"], label=row["given_label"], predicted=row["predicted_label"], split=row["split"])


def line(x, *names):
    x = dict(x, label=x["label"] or "", split=x["split"] or "", tags=";".join(x["tags"]), confidence=number(x["confidence"]))
    x["regions"] = [[r["name"], r["kind"], r["points"]] for r in x["regions"]]
    return {name: x[name] for name in names}


def jsonl():
    for text in open(at("jsonl", "samples.jsonl"), encoding="utf-8"):
        yield line(json.loads(text), "path", "label", "predicted", "confidence", "split", "tags", "hash", "regions")


def folders(name):
    classes = load(name, "classes.json")
    for folder, _, files in os.walk(at(name)):
        parts = os.path.relpath(folder, at(name)).split(os.sep)
        for file in files:
            if file != "classes.json":
                yield dict(image=hexed(os.path.join(folder, file)), split=parts[0], label=classes[parts[1]] if len(parts) > 1 else "")


def imagefolder():
    for split in os.listdir(at("imagefolder")):
        for text in open(at("imagefolder", split, "metadata.jsonl"), encoding="utf-8"):
            x = json.loads(text)
            assert x["split"] == split
            yield dict(line(x, "path", "label", "split", "tags", "regions"), image=hexed(at("imagefolder", split, x["file_name"])))


def coco():
    for file in os.listdir(at("coco", "annotations")):
        data = load("coco", "annotations", file)
        names = {c["id"]: c["name"] for c in data["categories"]}
        regions = {}
        for a in data["annotations"]:
            x, y, w, h = a["bbox"]
            kind, points = "box", [x, y, x + w, y + h]
            shape = a.get("segmentation")
            if isinstance(shape, list):
                kind, points = "polygon", shape[0]
            elif shape:
                kind, points = "mask", shape["size"][::-1] + shape["counts"]
                assert sum(shape["counts"]) == shape["size"][0] * shape["size"][1] and sum(shape["counts"][1::2]) == a["area"]
            regions.setdefault(a["image_id"], []).append([names[a["category_id"]], kind, points])
        for im in data["images"]:
            yield dict(image=hexed(at("coco", "images", im["file_name"])), path=im["path"], label=im["label"] or "", split=file[:-5],
                       tags=";".join(im["tags"]), regions=regions.get(im["id"], []))


def voc():
    classes = load("voc", "classes.json")
    for split in ("train", "test"):
        sets = at("voc", "ImageSets", "Main")
        labels = {}
        for safe, name in classes.items():
            for text in open(os.path.join(sets, f"{safe}_{split}.txt"), encoding="utf-8"):
                stem, mark = text.rsplit(None, 1)
                if mark == "1":
                    assert labels.setdefault(stem, name) == name
        for stem in open(os.path.join(sets, split + ".txt"), encoding="utf-8").read().splitlines():
            x = ET.parse(at("voc", "Annotations", stem + ".xml")).getroot()
            boxes = [[o.findtext("name")] + [float(o.findtext("bndbox/" + k)) for k in ("xmin", "ymin", "xmax", "ymax")] for o in x.iter("object")]
            yield dict(image=hexed(at("voc", "JPEGImages", x.findtext("filename"))), path=x.findtext("source/image"), label=labels.get(stem, ""), split=split, boxes=boxes)


def webdataset():
    classes = load("webdataset", "classes.json")
    for file in os.listdir(at("webdataset")):
        if not file.endswith(".tar"):
            continue
        samples = {}
        with tarfile.open(at("webdataset", file)) as t:
            for m in t:
                key, ending = m.name.split(".", 1)
                samples.setdefault(key, {})[ending] = t.extractfile(m).read()
        for x in samples.values():
            out = line(json.loads(x["json"]), "path", "label", "split", "regions")
            assert (classes[int(x["cls"])] if "cls" in x else "") == out["label"] and out["split"] == file.split("-")[0]
            yield dict(out, image=x["png"].hex())


def labelstudio():
    interface = ET.parse(at("labelstudio", "config.xml")).getroot()
    choices = {c.get("value") for c in interface.iter("Choice")}
    for task in load("labelstudio", "tasks.json"):
        data, label = task["data"], ""
        for a in task["annotations"]:
            for r in a["result"]:
                if r["type"] == "choices":
                    label = r["value"]["choices"][0]
                    assert label in choices
        p = task["predictions"][0]
        yield dict(image=hexed(at("labelstudio", data["image"].split("?d=")[1])), path=data["path"], split=data["split"], label=label, tags=";".join(data["tags"]),
                   predicted=p["result"][0]["value"]["choices"][0], confidence=number(p["score"]))


json.dump({"csv": list(table("csv")), "raw": list(table("raw", True)), "issues": list(issues()), "jsonl": list(jsonl()), "folders": list(folders("folders")),
           "yolo-classify": list(folders("yolo-classify")), "imagefolder": list(imagefolder()), "coco": list(coco()), "voc": list(voc()),
           "webdataset": list(webdataset()), "labelstudio": list(labelstudio())}, sys.stdout)
