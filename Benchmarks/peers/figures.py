"""Times matplotlib on the figures of a lesson, as PNG and SVG, on a slide of 13.33 x 7.5 in.

Prints JSON: seconds are medians of the runs, in a process that has done the imports and
drawn once before (`inProcess`), and for a process from its start to its end (`wholeProcess`).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

RUNS = 5


def modules():
    """Imports what draws, so that a whole process pays for it and the parent does not."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.fonttype"] = "path"
    import matplotlib.pyplot as pyplot
    import numpy

    return matplotlib, pyplot, numpy


def blocks(numpy):
    """Returns 16 x 16 weights, their NF4 approximation in blocks of 64, and the difference."""
    levels = numpy.array(
        [-1.0, -0.6961928, -0.52507305, -0.3949175, -0.28444138, -0.18477343, -0.091050036, 0.0,
         0.0795803, 0.1609302, 0.2461123, 0.33791524, 0.44070983, 0.562617, 0.72295684, 1.0])
    weights = numpy.random.default_rng(7).standard_normal((16, 16)) * 0.05
    flat = weights.reshape(-1, 64)
    absmax = numpy.abs(flat).max(axis=1, keepdims=True)
    codes = numpy.abs((flat / absmax)[..., None] - levels).argmin(axis=-1)
    restored = (levels[codes] * absmax).reshape(16, 16)
    return weights, restored, weights - restored, levels, codes.reshape(16, 16)


def slide(pyplot, panels=1):
    figure, axes = pyplot.subplots(1, panels, figsize=(40 / 3, 7.5), squeeze=False)
    figure.set_layout_engine("tight")
    return figure, axes[0]


def heat_map(axes, values, title, digits=2):
    limit = abs(values).max() or 1
    axes.imshow(values, cmap="RdBu", vmin=-limit, vmax=limit)
    size = 8 if values.shape[1] > 8 else 14
    for (row, column), value in enumerate_cells(values):
        color = "white" if abs(value) > 0.6 * limit else "black"
        axes.text(column, row, f"{value:.{digits}f}", ha="center", va="center", size=size,
                  color=color)
    axes.set_title(title)
    axes.set_xticks([])
    axes.set_yticks([])


def enumerate_cells(values):
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            yield (row, column), values[row, column]


def three_heat_maps(pyplot, numpy):
    """Before, after and difference of 16 x 16 weights, a number in every cell."""
    weights, restored, difference, _, _ = blocks(numpy)
    figure, axes = slide(pyplot, 3)
    for panel, values, title in zip(
            axes, [weights, restored, difference * 10], ["before", "after", "difference x 10"]):
        heat_map(panel, values, title)
    return figure


def number_line(pyplot, numpy):
    """Twelve numbers on a line with the limits of four bins."""
    figure, (axes,) = slide(pyplot)
    values = numpy.sort(numpy.random.default_rng(1).standard_normal(12))
    axes.axhline(0, color="black")
    axes.scatter(values, numpy.zeros(12), s=120, zorder=3)
    for index, value in enumerate(values):
        axes.annotate(f"{value:.2f}", (value, 0), (value, 0.2 + 0.1 * (index % 3)),
                      ha="center", arrowprops={"arrowstyle": "-"})
    for limit in values[2::3][:3]:
        axes.axvline(limit, linestyle="--", color="gray")
    axes.set_ylim(-1, 1)
    axes.set_yticks([])
    return figure


def twelve_to_four(pyplot, numpy):
    """A 3 x 4 matrix before and after each number became one of four."""
    figure, axes = slide(pyplot, 2)
    values = numpy.random.default_rng(1).standard_normal((3, 4))
    edges = numpy.quantile(values, [0.25, 0.5, 0.75])
    codes = numpy.digitize(values, edges)
    means = numpy.array([values[codes == code].mean() for code in range(4)])
    heat_map(axes[0], values, "twelve")
    heat_map(axes[1], means[codes], "four")
    return figure


def levels_of_the_normal(pyplot, numpy):
    """The density of the normal distribution over the sixteen levels."""
    figure, (axes,) = slide(pyplot)
    x = numpy.linspace(-3, 3, 400)
    axes.plot(x, numpy.exp(-x * x / 2))
    for code, level in enumerate(blocks(numpy)[3]):
        axes.axvline(level * 2.5, ymax=0.5, color="C1")
        axes.text(level * 2.5, 0.55 + 0.05 * (code % 2), str(code), ha="center")
    axes.set_xlabel("weight")
    return figure


def absmax(pyplot, numpy):
    """A block of weights and the same divided by its largest magnitude."""
    weights = blocks(numpy)[0][:4]
    figure, axes = slide(pyplot, 2)
    heat_map(axes[0], weights[:, :8], "weights", 3)
    heat_map(axes[1], (weights / abs(weights).max())[:, :8], "divided by absmax", 2)
    return figure


def journey(pyplot, numpy):
    """One weight's way to its code and back, as a row of boxes."""
    figure, (axes,) = slide(pyplot)
    axes.axis("off")
    words = ["-0.0421", "/ 0.118", "-0.3568", "code 3", "0011", "-0.3949", "x 0.118", "-0.0466"]
    for index, word in enumerate(words):
        axes.text(0.06 + index * 0.125, 0.5, word, ha="center", size=16,
                  bbox={"boxstyle": "round", "facecolor": "lightblue"})
    axes.text(0.5, 0.8, "The way of one weight", ha="center", size=26)
    return figure


def bytes_of_a_block(pyplot, numpy):
    """The thirty-two bytes of a block, two codes in each."""
    figure, (axes,) = slide(pyplot)
    codes = blocks(numpy)[4].reshape(-1)[:64].reshape(4, 16)
    axes.imshow(codes, cmap="viridis")
    for (row, column), code in enumerate_cells(codes):
        axes.text(column, row, f"{code:04b}", ha="center", va="center", size=12, color="white")
    axes.set_xticks([])
    axes.set_yticks([])
    return figure


def errors_of_types(pyplot, numpy):
    """Errors of three types on three distributions, as bars with their numbers."""
    figure, axes = slide(pyplot, 3)
    for panel, title in zip(axes, ["normal", "uniform", "outlier"]):
        bars = panel.bar(["NF4", "FP4", "INT4"], [0.0085, 0.0149, 0.0116])
        panel.bar_label(bars, fmt="%.4f")
        panel.set_title(title)
    return figure


def use_of_the_codes(pyplot, numpy):
    """How often each code is used."""
    figure, (axes,) = slide(pyplot)
    counts = numpy.bincount(blocks(numpy)[4].reshape(-1), minlength=16)
    bars = axes.bar(range(16), counts)
    axes.bar_label(bars)
    axes.set_xticks(range(16))
    axes.set_xlabel("code")
    return figure


def block_sizes(pyplot, numpy):
    """The error against the size of a block, with and without an outlier."""
    figure, (axes,) = slide(pyplot)
    sizes = [32, 64, 128, 256, 512, 1024, 2048, 4096]
    for name, factor in [("normal", 1.0), ("with an outlier", 1.4)]:
        errors = factor * numpy.array([.0677, .0728, .0768, .0803, .0835, .0866, .0896, .0925])
        axes.plot(sizes, errors, marker="o")
        axes.annotate(name, (sizes[-1], errors[-1]))
    axes.set_xscale("log", base=2)
    axes.set_xlabel("block size")
    return figure


def double_quantization(pyplot, numpy):
    """The absmax values of many blocks, before and after they became one byte each."""
    figure, axes = slide(pyplot, 2)
    values = numpy.abs(numpy.random.default_rng(3).standard_normal((4096, 64))).max(axis=1)
    axes[0].hist(values, bins=60)
    axes[0].set_title("absmax, 32 bits each")
    axes[1].hist(numpy.round(values, 1), bins=60)
    axes[1].set_title("absmax, 8 bits each")
    return figure


FIGURES = [three_heat_maps]
LESSON = [
    twelve_to_four, number_line, levels_of_the_normal, absmax, journey, bytes_of_a_block,
    errors_of_types, use_of_the_codes, block_sizes, double_quantization, three_heat_maps,
]


def draw(drawings, formats, folder):
    _, pyplot, numpy = modules()
    for number, drawing in enumerate(drawings):
        figure = drawing(pyplot, numpy)
        for format in formats:
            figure.savefig(os.path.join(folder, f"{number:02}.{format}"), dpi=144)
        pyplot.close(figure)


WORK = {
    "heat-maps-png": (FIGURES, ["png"]),
    "heat-maps-svg": (FIGURES, ["svg"]),
    "lesson-png-svg": (LESSON, ["png", "svg"]),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draw", choices=WORK, help="draw once into --out and report nothing")
    parser.add_argument("--out", help="the folder for --draw")
    arguments = parser.parse_args()
    if arguments.draw:
        draw(*WORK[arguments.draw], arguments.out)
        return

    from timing import median_seconds

    report = {"figures": len(LESSON), "inProcess": {}, "wholeProcess": {}}
    with tempfile.TemporaryDirectory() as folder:
        for name, (drawings, formats) in WORK.items():
            command = [sys.executable, __file__, "--draw", name, "--out", folder]
            report["wholeProcess"][name] = median_seconds(
                lambda: subprocess.run(command, check=True), RUNS)
        for name, (drawings, formats) in WORK.items():
            report["inProcess"][name] = median_seconds(
                lambda: draw(drawings, formats, folder), RUNS)
    report["peer"] = f"matplotlib {modules()[0].__version__}"
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
