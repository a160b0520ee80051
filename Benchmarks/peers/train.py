"""The training step of TrainingBenchmark.swift in PyTorch, PEFT and bitsandbytes."""

import argparse
import resource
import statistics
import time

import bitsandbytes as bnb
import torch
from peft import LoraConfig, get_peft_model
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

SIZES = {"d64": (64, 2, 24, 64), "d128": (128, 4, 64, 32), "d256": (256, 4, 128, 16)}
VOCABULARY = 64


def quantize(model):
    """Replaces the linear layers of the decoder by NF4 layers with double quantization."""
    for name, module in list(model.named_modules()):
        if not isinstance(module, nn.Linear) or name == "lm_head":
            continue
        layer = bnb.nn.Linear4bit(
            module.in_features, module.out_features, bias=False, compute_dtype=torch.float32,
            compress_statistics=True, quant_type="nf4")
        layer.weight = bnb.nn.Params4bit(
            module.weight.data, requires_grad=False, compress_statistics=True, quant_type="nf4")
        layer.to("cpu")
        parent = model.get_submodule(name.rpartition(".")[0])
        setattr(parent, name.rpartition(".")[2], layer)
    return model


def build(size, method):
    hidden, layers, length, _ = SIZES[size]
    torch.manual_seed(1)
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=hidden, intermediate_size=3 * hidden,
        num_hidden_layers=layers, num_attention_heads=4, num_key_value_heads=4,
        max_position_embeddings=length, use_cache=False, bos_token_id=None, eos_token_id=None)).float()
    if method == "qlora":
        model = quantize(model)
    if method != "full":
        model = get_peft_model(model, LoraConfig(
            r=8, lora_alpha=16, task_type="CAUSAL_LM",
            target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]))
    return model.train()


def measure(step, seconds, clock):
    for _ in range(3):
        step()
    times, start = [], clock()
    while clock() - start < seconds or len(times) < 5:
        before = clock()
        step()
        times.append((clock() - before) * 1000)
    return statistics.median(times), min(times)


def transformer_step(size, method, compiled):
    _, _, length, batch = SIZES[size]
    model = build(size, method)
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, fused=True)
    ids = torch.tensor(
        [[(row * 7 + i * (row % 5 + 1)) % VOCABULARY for i in range(length)] for row in range(batch)])
    forward = torch.compile(model) if compiled else model

    def step():
        loss = forward(input_ids=ids, labels=ids).loss
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return float(loss.detach())

    return step


def peak_memory():
    """The most memory that the process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def perceptron_step():
    model = nn.Sequential(
        nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    points = torch.rand(256, 2) * 2 - 1
    labels = (points[:, :1] > points[:, 1:]).float()

    def step():
        loss = nn.functional.binary_cross_entropy_with_logits(model(points), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--only")
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--method", help="full, lora or qlora")
    parser.add_argument("--cpu", action="store_true", help="the processor's time, not the clock's")
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    clock = time.process_time if options.cpu else time.perf_counter
    for size in SIZES:
        if options.only in (None, size):
            for method in [options.method] if options.method else ["full", "lora", "qlora"]:
                median, fastest = measure(
                    transformer_step(size, method, options.compile), options.seconds, clock)
                print(f"{size} {method} {median:.3f} {fastest:.3f} {peak_memory()}", flush=True)
    if options.only in (None, "mlp"):
        median, fastest = measure(perceptron_step(), options.seconds / 4, clock)
        print(f"mlp full {median:.3f} {fastest:.3f} {peak_memory()}")
