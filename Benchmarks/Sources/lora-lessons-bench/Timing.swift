import Glibc

/// The median time of some runs after one that warms up, in seconds.
func medianSeconds<Failure: Error>(
  runs: Int, _ work: () throws(Failure) -> Void
) throws(Failure) -> Double {
  try work()
  var times: [Double] = []
  for _ in 0..<runs {
    let start = now()
    try work()
    times.append(now() - start)
  }
  times.sort()
  return (times[(runs - 1) / 2] + times[runs / 2]) / 2
}

private func now() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
