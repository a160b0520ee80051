"""Times NumPy's singular value decomposition of a 384 x 384 matrix in double precision.

Prints JSON: the median of the runs after one that warms up.
"""

import json

import numpy

from timing import median_seconds


def main():
    matrix = numpy.random.default_rng(7).standard_normal((384, 384))
    seconds = {"svd-384": median_seconds(lambda: numpy.linalg.svd(matrix, full_matrices=False))}
    print(json.dumps({"peer": f"NumPy {numpy.__version__}", "seconds": seconds}))


if __name__ == "__main__":
    main()
