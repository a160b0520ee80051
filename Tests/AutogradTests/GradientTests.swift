import Autograd
import Testing

@Suite struct GradientTests {
  @Test func everyKindOfOperationIsChecked() {
    let checked = Set(GradientCheck.all.map(\.kind))
    #expect(checked == Set(OperationKind.allCases))
  }

  @Test(arguments: GradientCheck.all)
  func gradientsAreTheSlopesOfTheLoss(_ check: GradientCheck) throws {
    let computation = try CheckedComputation(check)
    let plan = computation.plan
    plan.forward()
    plan.backward()
    for parameter in computation.parameters {
      let gradient = try #require(parameter.gradient).values
      let floats = try #require(parameter.dense)
      let start = floats.values
      let largest = gradient.map { abs($0) }.max() ?? 0
      #expect(largest > 0, "\(parameter.name) has no gradient")
      for index in start.indices {
        // The truncation error of the slope falls with the square of the step, its rounding error grows.
        let slopes = [Float(0x1p-6), 0x1p-8].map { step in
          var values = start
          values[index] = start[index] + step
          floats.set(values)
          plan.forward()
          let above = Double(plan.value(of: computation.loss))
          values[index] = start[index] - step
          floats.set(values)
          plan.forward()
          return (above - Double(plan.value(of: computation.loss))) / Double(2 * step)
        }
        floats.set(start)
        let error = slopes.map { abs($0 - Double(gradient[index])) }.min() ?? 0
        #expect(
          error < 2e-3 * Double(largest) + 1e-5,
          "\(parameter.name)[\(index)]: \(gradient[index]), by differences \(slopes)")
      }
    }
  }

  @Test(arguments: GradientCheck.all)
  func resultsAreTheSameBitsOnAnyNumberOfThreads(_ check: GradientCheck) throws {
    let runs = try [1, 2, 5].map { threads in
      let computation = try CheckedComputation(check, threads: Threads(count: threads))
      computation.plan.forward()
      computation.plan.backward()
      return [[computation.plan.value(of: computation.loss)]]
        + computation.parameters.map { $0.gradient?.values ?? [] }
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0] == runs[2])
  }

  @Test func aSecondPassAddsToTheGradientsWhereItIsAsked() throws {
    let check = try #require(GradientCheck.all.first { $0.name == "a residual around two layers" })
    let computation = try CheckedComputation(check)
    computation.plan.forward()
    computation.plan.backward()
    let once = computation.parameters.map { $0.gradient?.values ?? [] }
    // The backward pass hands on the memory of what it has read.
    computation.plan.forward()
    computation.plan.backward(accumulating: true)
    let twice = computation.parameters.map { $0.gradient?.values ?? [] }
    computation.plan.forward()
    computation.plan.backward(seed: 0.5)
    let half = computation.parameters.map { $0.gradient?.values ?? [] }
    for (once, (twice, half)) in zip(once, zip(twice, half)) {
      #expect(zip(once, twice).allSatisfy { abs($1 - 2 * $0) <= 1e-5 })
      #expect(zip(once, half).allSatisfy { abs($1 - $0 / 2) <= 1e-5 })
    }
  }
}
