"""Runs our training step and that of the peers in turn, some rounds of each, and prints both with their ratio.

Of the rounds the fastest counts on either side: what else runs on a machine only ever adds time.

Usage: compare_training.py training-bench [--threads N] [--cpu] [--compile] [--seconds S] [--rounds N]
"""

import argparse
import pathlib
import subprocess
import sys

AIMS = {"d64": 4, "d128": 2.5, "d256": 1.5, "mlp": 10}
SIZES = {"d64": (64, 2, 24, 64), "d128": (128, 4, 64, 32), "d256": (256, 4, 128, 16)}


def operations(size, method):
    """The multiplications and additions of a step's matrix products and of causal attention, in billions."""
    hidden, layers, length, batch = SIZES[size]
    tokens = length * batch
    decoder = layers * (4 * hidden * hidden + 3 * 3 * hidden * hidden)
    head = 64 * hidden
    attention = layers * tokens * length * hidden * 6
    # Forward, to the input, to the weight; the last is the adapter's alone where the weight is frozen.
    passes = 3 if method == "full" else 2
    products = 2 * tokens * (passes * (decoder + head))
    if method != "full":
        products += 2 * tokens * 2 * 8 * layers * (4 * 2 + 3 * 4) * hidden
    return (products + attention) / 1e9


def run(command):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} failed")
    return result.stdout.split()


def fastest(rounds, *commands):
    """The round of the smallest median of each command; they take turns."""
    results = [[[float(word) for word in run(command)[2:5]] for command in commands] for _ in range(rounds)]
    return [min(column) for column in zip(*results)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench")
    parser.add_argument("--threads", default="2")
    parser.add_argument("--seconds", default="2")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    common = ["--threads", options.threads, "--seconds", options.seconds]
    common += ["--cpu"] if options.cpu else []
    peer = [sys.executable, str(pathlib.Path(__file__).with_name("train.py"))]
    peer += ["--compile"] if options.compile else []
    peak = float(run([options.bench, "--only", "peak", *common])[1])
    print(f"a large matrix product: {peak:.0f} billion operations a second")
    print(f"{'step':<12}{'ours':>10}{'peer':>10}{'ratio':>8}{'aim':>6}{'of peak':>9}{'memory':>16}")
    for size in [*SIZES, "mlp"]:
        for method in ["full"] if size == "mlp" else ["full", "lora", "qlora"]:
            choice = ["--only", size, "--method", method, *common]
            ours, theirs = fastest(options.rounds, [options.bench, *choice], [*peer, *choice])
            share = "-"
            if size in SIZES:
                share = f"{operations(size, method) / ours[0] * 1000 / peak:.0%}"
            memory = f"{ours[2] / 1024:.0f} / {theirs[2] / 1024:.0f} MiB"
            print(f"{size + ' ' + method:<12}{ours[0]:>7.2f} ms{theirs[0]:>7.1f} ms"
                  f"{theirs[0] / ours[0]:>7.1f}x{AIMS[size]:>5}x{share:>9}{memory:>16}", flush=True)


if __name__ == "__main__":
    main()
