"""What the checks share: quiet imports, warnings as errors, a forward pass of Llama, comparisons."""

import json
import logging
import math
import os
import pathlib
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
# A progress bar is no warning, and nothing is to be fetched.
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import torch
from safetensors.numpy import load_file
from safetensors.torch import save_file

# bitsandbytes reports an optional kernel package that is not installed when it is imported.
logging.disable(logging.CRITICAL)
import bitsandbytes as bnb
from bitsandbytes.functional import dequantize_4bit
logging.disable(logging.NOTSET)
import transformers
from peft import PeftModel
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

FOLDER = pathlib.Path(sys.argv[1])
IDS = np.array([[1, 5, 9, 3, 10, 16, 7, 2], [1, 4, 4, 11, 18, 0, 0, 0]])
TOLERANCE = 1e-4


class WarningsAreErrors(logging.Handler):
    def emit(self, record):
        raise RuntimeError(f"{record.name} warned: {record.getMessage()}")


warnings.simplefilter("error")
# torch itself uses some of its own deprecated parts.
for module in (r"torch\..*", r"bitsandbytes\..*"):
    for category in (DeprecationWarning, FutureWarning):
        warnings.filterwarnings("ignore", category=category, module=module)
# PEFT asks transformers by an old name, whatever it loads.
warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*", category=FutureWarning)
transformers.utils.logging.disable_progress_bar()
for name in ("transformers", "peft", "accelerate", "bitsandbytes"):
    logging.getLogger(name).addHandler(WarningsAreErrors(level=logging.WARNING))


def norm(x, weight, epsilon):
    return weight * x / np.sqrt((x * x).mean(-1, keepdims=True) + epsilon)


def rotate(x, theta):
    """x: [batch, heads, length, size]; the two halves of a head turn together."""
    size = x.shape[-1]
    angles = np.arange(x.shape[2])[:, None] * theta ** (-2 * np.arange(size // 2) / size)
    cos, sin = (np.concatenate([f(angles)] * 2, -1) for f in (np.cos, np.sin))
    turned = np.concatenate([-x[..., size // 2 :], x[..., : size // 2]], -1)
    return x * cos + turned * sin


def forward(weights, config, ids):
    """The logits of a Llama model in double precision."""
    w = {name: tensor.astype(np.float64) for name, tensor in weights.items()}
    heads, groups, size = config["num_attention_heads"], config["num_key_value_heads"], config["head_dim"]
    epsilon, theta = config["rms_norm_eps"], config["rope_parameters"]["rope_theta"]
    x = w["model.embed_tokens.weight"][ids]
    batch, length, _ = x.shape
    mask = np.triu(np.full((length, length), -np.inf), 1)
    for layer in range(config["num_hidden_layers"]):
        p = f"model.layers.{layer}."
        h = norm(x, w[p + "input_layernorm.weight"], epsilon)

        def split(name, count):
            y = h @ w[p + f"self_attn.{name}_proj.weight"].T
            return y.reshape(batch, length, count, size).transpose(0, 2, 1, 3)

        q, k, v = rotate(split("q", heads), theta), rotate(split("k", groups), theta), split("v", groups)
        k, v = (np.repeat(t, heads // groups, axis=1) for t in (k, v))
        scores = q @ k.transpose(0, 1, 3, 2) / math.sqrt(size) + mask
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        mixed = (scores @ v).transpose(0, 2, 1, 3).reshape(batch, length, heads * size)
        x = x + mixed @ w[p + "self_attn.o_proj.weight"].T
        h = norm(x, w[p + "post_attention_layernorm.weight"], epsilon)
        gate = h @ w[p + "mlp.gate_proj.weight"].T
        up = h @ w[p + "mlp.up_proj.weight"].T
        x = x + (gate / (1 + np.exp(-gate)) * up) @ w[p + "mlp.down_proj.weight"].T
    x = norm(x, w["model.norm.weight"], epsilon)
    return x @ w.get("lm_head.weight", w["model.embed_tokens.weight"]).T


def logits(model):
    with torch.no_grad():
        return model(input_ids=torch.tensor(IDS)).logits.double().numpy()


def load(path):
    """The model of a folder; every parameter has to come from its file."""
    model, info = AutoModelForCausalLM.from_pretrained(path, output_loading_info=True)
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        assert not info.get(kind), f"{path}: {kind}: {info[kind]}"
    for module in model.modules():
        if isinstance(module, bnb.nn.Linear4bit):
            # In evaluation mode some CPUs would compute in bfloat16 instead.
            module.support_avx512bf16_for_cpu = False
    return model.eval()


def read(name):
    path = FOLDER / name
    return load_file(path / "model.safetensors"), json.loads((path / "config.json").read_text())


def compare(what, found, expected, tolerance=TOLERANCE):
    difference = float(np.abs(found - expected).max())
    if not difference <= tolerance:
        raise SystemExit(f"{what}: the largest difference is {difference:.2e}, above {tolerance:.0e}")
    print(f"ok  {what}: largest difference {difference:.1e}")


def merged(weights, adapter):
    """The weights with an adapter in them, by its own files."""
    config = json.loads((adapter / "adapter_config.json").read_text())
    factors = load_file(adapter / "adapter_model.safetensors")
    result = dict(weights)
    end = ".lora_A.weight"
    for name in [n for n in factors if n.endswith(end)]:
        stem = name.removesuffix(end)
        path = stem.removeprefix("base_model.model.")
        rank = config["rank_pattern"].get(path, config["r"])
        alpha = config["alpha_pattern"].get(path, config["lora_alpha"])
        scaling = alpha / (math.sqrt(rank) if config["use_rslora"] else rank)
        a, b = factors[name].astype(np.float64), factors[stem + ".lora_B.weight"].astype(np.float64)
        assert a.shape[0] == rank, f"{path} has rank {a.shape[0]}, not {rank}"
        weight = weights[path + ".weight"] + scaling * b @ a
        if config["use_dora"]:
            magnitude = factors[stem + ".lora_magnitude_vector"]
            weight *= (magnitude / np.linalg.norm(weight, axis=1))[:, None]
        result[path + ".weight"] = weight
    return result
