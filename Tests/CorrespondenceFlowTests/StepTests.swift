import AllocationCounter
import CorrespondenceFlow
import Networks
import Numerics
import Testing

@Suite("A training step")
struct StepTests {
  @Test("A step allocates nothing once it is planned")
  func allocatesNothing() {
    let fixture = StepFixture(threads: 1)
    let scale: [Float] = [1, 1, 1]
    let (fromTruth, fromOwnOutput) = ([true], [false])
    // The first run initialises what the language runtime does lazily.
    _ = fixture.step.run(fixture.batch, channelScale: scale, startsFromTruth: fromTruth)
    fixture.adam.update(learningRate: 1e-4, step: 1)
    let before = allocation_counter_of_this_thread()
    _ = fixture.step.run(fixture.batch, channelScale: scale, startsFromTruth: fromTruth)
    _ = fixture.step.run(fixture.batch, channelScale: scale, startsFromTruth: fromOwnOutput)
    fixture.adam.update(learningRate: 1e-4, step: 2)
    #expect(allocation_counter_of_this_thread() - before == 0)
  }

  @Test("The counter of that test does count", .enabled(if: allocation_counter_counts() != 0))
  func counterCounts() {
    let before = allocation_counter_of_this_thread()
    let block = FloatBlock(count: 100)
    #expect(allocation_counter_of_this_thread() > before)
    #expect(block.count == 100)
  }

  @Test("Losses and gradients are the same bits for any number of threads", arguments: [2, 3, 5])
  func sameBitsForAnyThreadCount(threads: Int) {
    let (one, many) = (StepFixture(clips: 2, threads: 1), StepFixture(clips: 2, threads: threads))
    for draws in [[true], [false]] {
      #expect(one.run(draws) == many.run(draws))
      #expect(one.weights.gradients.array == many.weights.gradients.array)
    }
    #expect(one.weights.runningStatistics.array == many.weights.runningStatistics.array)
  }

  @Test("A step run twice gives the same bits", arguments: InstructionSet.available)
  func sameBitsTwice(instructionSet: InstructionSet) {
    let fixture = StepFixture(threads: 2, instructionSet: instructionSet)
    let first = fixture.run([false])
    let gradients = fixture.weights.gradients.array
    #expect(fixture.run([false]) == first)
    #expect(fixture.weights.gradients.array == gradients)
  }

  @Test("Adam's updates bring the loss down on one batch")
  func learns() {
    let fixture = StepFixture(threads: 2)
    let first = fixture.run().total
    for step in 1...8 {
      fixture.adam.update(learningRate: 2e-4, step: step)
      fixture.run()
    }
    #expect(fixture.run().total < 0.9 * first)
  }

  @Test("Switching cycles off leaves the short-term loss as it is and no cycle loss")
  func cyclesOff() {
    let with = StepFixture().run()
    let without = StepFixture(options: MethodOptions(cycleConsistency: false)).run()
    #expect(without.cycle == 0)
    #expect(without.total == without.shortTerm)
    #expect(without.shortTerm == with.shortTerm)
    #expect(with.total == with.shortTerm + 0.1 * with.cycle)
  }

  @Test("On a grid no larger than the window, restricted and full attention are the same")
  func fullAttentionOnSmallGrid() {
    // 28x28 pixels are 7x7 cells: a radius of 6 reaches every cell from every cell.
    let restricted = StepFixture(height: 28, width: 28)
    let full = StepFixture(height: 28, width: 28, options: MethodOptions(attention: .full))
    let (a, b) = (restricted.run(), full.run())
    #expect(abs(a.total - b.total) < 1e-5 * a.total)
    let (g, h) = (restricted.weights.gradients.array, full.weights.gradients.array)
    let distance = zip(g, h).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }.squareRoot()
    let norm = g.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    #expect(distance < 1e-3 * norm)
  }

  @Test("Scaling the affinity changes the losses")
  func scaleAffinity() {
    #expect(StepFixture(options: MethodOptions(scaleAffinity: true)).run() != StepFixture().run())
  }

  @Test("Clips of 2 to 8 frames train, with every draw", arguments: 2...8)
  func windows(frames: Int) {
    let fixture = StepFixture(frames: frames, height: 16, width: 16, threads: 2)
    let count = frames - 2
    for draws in [Array(repeating: true, count: count), Array(repeating: false, count: count)] {
      let losses = fixture.run(draws)
      #expect(losses.total.isFinite && losses.shortTerm > 0 && losses.cycle > 0)
    }
  }

  @Test(
    "A weight that is not a number anywhere in the network shows in the loss",
    arguments: [
      "feature_extraction.conv1.0.weight", "feature_extraction.layer2.0.shortcut.1.bias", "post_convolution.bias",
    ])
  func notANumber(name: String) {
    let fixture = StepFixture(threads: 2)
    fixture.weights.value(name)[0] = .nan
    #expect(fixture.run().total.isNaN)
  }
}
