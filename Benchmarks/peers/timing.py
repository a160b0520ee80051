"""Wall-clock times of repeated work."""

import statistics
import time


def median_seconds(work, runs=5):
    """Returns the median time of `runs` calls after one that warms up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
