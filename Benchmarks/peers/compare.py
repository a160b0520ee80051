"""Prints our times beside those of the peers, with the ratio, as a table.

Usage: compare.py ours.json peer.json...
"""

import json
import sys

# How many times faster than the peer the project wants to be, and the most seconds of its own.
RATIOS = {
    ("seconds", "nf4-quantize"): 20,
    ("seconds", "nf4-dequantize"): 3,
    ("seconds", "svd-384"): 1 / 1.5,
    ("wholeProcess", "lesson-png-svg"): 10,
}
LIMITS = {
    ("wholeProcess", "lesson-png-svg"): 1.0,
    ("wholeProcess", "start-up"): 0.020,
    ("inProcess", "slowest-figure-png"): 0.050,
}
GROUPS = {"seconds": "", "inProcess": " (in process)", "wholeProcess": " (whole process)"}


def milliseconds(value):
    return "-" if value is None else f"{value * 1e3:.2f} ms"


def verdict(key, ours, ratio):
    """Says whether each aim for this work is reached; nothing where there is none."""
    words = []
    if key in RATIOS and ratio is not None:
        reached = "reached" if ratio >= RATIOS[key] else "NOT REACHED"
        words.append(f"aim {RATIOS[key]:.2g}x {reached}")
    if key in LIMITS:
        reached = "reached" if ours <= LIMITS[key] else "NOT REACHED"
        words.append(f"aim {LIMITS[key] * 1e3:.0f} ms {reached}")
    if ratio is not None and ratio < 1:
        words.append("SLOWER than the peer")
    return ", ".join(words)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    ours, *peers = [json.load(open(path, encoding="utf-8")) for path in sys.argv[1:]]
    for peer in peers:
        print(f"peer: {peer['peer']}")
        for name, checksum in peer.get("checksums", {}).items():
            same = "the same" if ours["checksums"].get(name) == checksum else "DIFFERENT"
            print(f"  checksum of {name}: {same} in both")
        if "figures" in peer:
            print(f"  figures of a lesson: {ours['figures']} ours, {peer['figures']} the peer's")
    print(f"\n{'work':<42}{'ours':>12}{'peer':>14}{'ratio':>10}  aim")
    for group, suffix in GROUPS.items():
        for name, time in ours.get(group, {}).items():
            theirs = next((p[group][name] for p in peers if name in p.get(group, {})), None)
            ratio = None if theirs is None else theirs / time
            shown = "-" if ratio is None else f"{ratio:.1f}x"
            line = (f"{name + suffix:<42}{milliseconds(time):>12}{milliseconds(theirs):>14}"
                    f"{shown:>10}  {verdict((group, name), time, ratio)}")
            print(line.rstrip())
    for name, moved in ours.get("bytes", {}).items():
        print(f"{name} moves {moved / ours['seconds'][name] / 1e9:.1f} GB/s")


if __name__ == "__main__":
    main()
