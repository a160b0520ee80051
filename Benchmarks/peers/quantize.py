"""Times bitsandbytes on a CPU: NF4 with blocks of 64 on 16 777 216 float32 weights.

Prints JSON: seconds are medians of the runs, and checksums of the packed codes and of the
absmax values let another implementation show that it did the same work.
"""

import argparse
import json
import os
import zlib

import bitsandbytes
import numpy
import torch
from bitsandbytes.functional import dequantize_4bit, quantize_4bit

from timing import median_seconds


def weights(count):
    """Returns weights in [-1, 1) that any language can make: the high bits of a counter's hash."""
    index = numpy.arange(count, dtype=numpy.uint32)
    mixed = index * numpy.uint32(2654435769)
    mixed ^= mixed >> numpy.uint32(15)
    mixed *= numpy.uint32(2246822519)
    mixed ^= mixed >> numpy.uint32(13)
    return (mixed >> numpy.uint32(8)).astype(numpy.float32) * numpy.float32(2**-23) - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1 << 24)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    values = torch.from_numpy(weights(arguments.count))
    options = {"blocksize": 64, "quant_type": "nf4"}

    packed, state = quantize_4bit(values, compress_statistics=False, **options)
    nested_packed, nested_state = quantize_4bit(values, compress_statistics=True, **options)
    work = {
        "nf4-quantize": lambda: quantize_4bit(values, compress_statistics=False, **options),
        "nf4-dequantize": lambda: dequantize_4bit(packed, state),
        "nf4-double-quantize": lambda: quantize_4bit(values, compress_statistics=True, **options),
        "nf4-double-dequantize": lambda: dequantize_4bit(nested_packed, nested_state),
    }
    report = {
        "peer": f"bitsandbytes {bitsandbytes.__version__}, torch {torch.__version__}, CPU",
        "count": arguments.count,
        "threads": arguments.threads,
        "checksums": {
            "packed": zlib.adler32(packed.numpy().tobytes()),
            "absmax": zlib.adler32(state.absmax.numpy().tobytes()),
        },
        "seconds": {name: median_seconds(run, arguments.runs) for name, run in work.items()},
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
