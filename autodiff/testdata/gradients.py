"""Float64 gradients of torchvision architectures, the oracle of TestTorchvision: gradients.py MATERIAL FOLDER [NAME ...]

MATERIAL is the folder torchvision of the test material, whose common.py builds the models with fixed weights and whose
inputs.npz has the image. Writes FOLDER/NAME.gradients.npz: input_grad0_f64 and grad0_f64 are the derivatives of the logit
of the class in tolerances.json with respect to the input [3,224,224] and to the output of the usual CAM layer, computed in
float64 and stored as float32; logits [1000] likewise.
"""
import json
import os
import sys

material, folder = sys.argv[1:3]
sys.path.insert(0, material)

import numpy as np  # noqa: E402
import torch  # noqa: E402

from common import MODELS, build, cam_target  # noqa: E402

x0 = np.load(os.path.join(material, "inputs.npz"))["x0_f32"].reshape(1, 3, 224, 224)
with open(os.path.join(material, "tolerances.json")) as f:
    targets = {name: entry["target"] for name, entry in json.load(f).items()}

for name in sys.argv[3:] or MODELS:
    model = build(name).double()
    for p in model.parameters():
        p.requires_grad_(False)
    kept = []

    def keep(_module, _inputs, out):
        # Copies on both sides: what follows may work in place.
        tap = out + 0
        tap.retain_grad()
        kept.append(tap)
        return tap + 0

    cam_target(name, model)[0].register_forward_hook(keep)
    x = torch.from_numpy(x0).double().requires_grad_(True)
    logits = model(x)
    logits[0, targets[name]].backward()
    path = os.path.join(folder, name + ".gradients.npz")
    with open(path + ".part", "wb") as f:
        np.savez(f, input_grad0_f64=x.grad[0].numpy().astype(np.float32), grad0_f64=kept[0].grad[0].numpy().astype(np.float32),
                 logits=logits[0].detach().numpy().astype(np.float32))
    os.replace(path + ".part", path)
    print(path, flush=True)
