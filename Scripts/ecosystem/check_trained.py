#!/usr/bin/env python3
"""Opens what train and export wrote, and trains with PEFT what train trained; any warning is a failure.

bitsandbytes 0.50 takes the wrong absmax on CPUs where a block goes on into the next row, as it does in layers
whose width is no multiple of 64. As one long row their weights come out right; products with them are then
computed here.
"""

import copy
import csv
import subprocess

from peft.utils.loftq_utils import _low_rank_decomposition

from peers import *

# The largest difference of a loss from that of our trainer, in single precision on both sides.
LOSS_TOLERANCE = 2e-5
STEPS = 12
# What the libraries say about themselves in every process.
KNOWN = ("is_gradient_checkpointing", "kernels-community")


def mend(model):
    """Computes products with such layers from weights that were dequantized as one row; returns all weights."""
    weights = {}
    for path, layer in model.named_modules():
        if not isinstance(layer, bnb.nn.Linear4bit):
            continue
        state = layer.weight.quant_state
        row = copy.copy(state)
        row.shape = torch.Size([1, state.shape.numel()])
        weight = dequantize_4bit(layer.weight.data, row).reshape(state.shape)
        weights[path + ".weight"] = weight.numpy()
        if state.shape[1] % state.blocksize:
            layer.forward = lambda x, weight=weight: torch.nn.functional.linear(x, weight)
    return weights


def check_adapters():
    weights, config = read("full")
    compare("train: model in transformers, logits", logits(load(FOLDER / "full")), forward(weights, config, IDS))
    base = forward(weights, config, IDS)
    for name in ("lora", "dora", "rslora", "pissa"):
        model = PeftModel.from_pretrained(load(FOLDER / "full"), FOLDER / name).eval()
        found = logits(model)
        assert np.abs(found - base).max() > 100 * TOLERANCE, f"{name} changes nothing"
        compare(f"train: {name} in PEFT, logits", found, forward(merged(weights, FOLDER / name), config, IDS))
        compare(f"export: {name} merged, in transformers, logits", logits(load(FOLDER / f"merged-{name}")), found)
    model = PeftModel.from_pretrained(load(FOLDER / "full"), FOLDER / "adapter").eval()
    compare("export: adapter in PEFT, logits", logits(model), logits(load(FOLDER / "merged-dora")))


def check_four_bits():
    model = load(FOLDER / "nf4")
    found, (expected, config) = mend(model), read("dequantized")
    assert len(found) == 7 * config["num_hidden_layers"], f"nf4: {len(found)} layers in 4 bits"
    for name, weight in found.items():
        assert np.array_equal(weight, expected[name]), f"nf4: {name} dequantizes to other numbers"
    print(f"ok  export: nf4 in bitsandbytes: {len(found)} layers dequantize bit for bit")
    compare("export: nf4 in transformers, logits", logits(model), forward(expected, config, IDS))
    for name in ("qlora", "loftq"):
        model = load(FOLDER / "nf4")
        mend(model)
        adapted = PeftModel.from_pretrained(model, FOLDER / name).eval()
        compare(
            f"train: {name} on nf4 in PEFT, logits", logits(adapted), logits(load(FOLDER / f"merged-{name}"))
        )


def check_loftq():
    """Compares where our LoftQ starts with what PEFT takes back of the same loss; the scaling is 1, as PEFT has it.

    PEFT's `replace_lora_weights_loftq` wants a graphics card, so its decomposition is called here.
    """
    model = load(FOLDER / "nf4")
    quantized, (weights, _) = mend(model), read("full")
    model = PeftModel.from_pretrained(model, FOLDER / "recipe-loftq" / "adapter")
    layers = {path: layer for path, layer in model.base_model.model.named_modules() if hasattr(layer, "lora_A")}
    assert len(layers) == len(quantized), f"loftq: {len(layers)} layers"
    for path, layer in layers.items():
        name = path + ".weight"
        lost = torch.from_numpy(weights[name] - quantized[name])
        theirs = _low_rank_decomposition(lost, reduced_rank=4)
        found = layer.lora_B["default"].weight @ layer.lora_A["default"].weight
        error = float((found - theirs["L"] @ theirs["R"]).detach().abs().max())
        assert error < 1e-6 < float(found.detach().abs().max()), f"loftq: {path} starts elsewhere, by {error}"
    print(f"ok  train: loftq starts in {len(layers)} layers where PEFT's does")


def losses(path):
    with open(path, encoding="utf-8") as file:
        return np.array([[float(row[k]) for k in ("loss", "learning_rate")] for row in csv.DictReader(file)])


def check_recipe(name):
    """Trains in two processes, and compares every loss and the learned factors with ours."""
    recipe = FOLDER / f"recipe-{name}"
    environment = dict(os.environ, OMP_NUM_THREADS="1")
    run = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
         recipe / "train.py", "--cpu", "--steps", str(STEPS)],
        env=environment, capture_output=True, text=True,
    )
    warned = [
        line for line in run.stderr.splitlines()
        if "warn" in line.lower() and "warnings.warn" not in line and not any(k in line for k in KNOWN)
    ]
    if run.returncode or warned:
        raise SystemExit(f"recipe of {name}: {run.stdout}{run.stderr}")
    ours, theirs = losses(FOLDER / name / "metrics.csv")[:STEPS], losses(recipe / "trained" / "metrics.csv")
    assert len(theirs) == STEPS, f"recipe of {name}: {len(theirs)} steps"
    compare(f"recipe of {name} in two processes, {STEPS} losses", theirs[:, 0], ours[:, 0], LOSS_TOLERANCE)
    compare(f"recipe of {name}, learning rates", theirs[:, 1], ours[:, 1], 1e-12)
    if name == "full":
        return
    factors = [load_file(path / "adapter_model.safetensors") for path in (recipe / "trained", FOLDER / name)]
    assert factors[0].keys() == factors[1].keys(), f"recipe of {name}: other tensors"
    # AdamW moves a weight by the whole rate where its gradient is near 0, whatever the sign.
    largest = max(float(np.abs(factors[0][k] - factors[1][k]).mean()) for k in factors[0])
    compare(f"recipe of {name}, mean difference of learned factors", np.array(largest), np.array(0.0), 1e-4)


check_adapters()
check_four_bits()
check_loftq()
for name in ("full", "lora", "qlora", "loftq", "dora", "rslora"):
    check_recipe(name)
