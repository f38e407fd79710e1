import ArgumentParser
import Benchmark
import Foundation
import Numerics
import Primitives

/// `corrflowd benchmark`: how fast this program is on this machine, as ratios to what OpenBLAS reaches beside it.
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Measures training, convolutions, attention, propagation and decoding on this machine.",
    discussion: """
      Every implementation is checked against the plain one before it is timed. Close other programs first; compare ratios \
      of one run, not seconds of two.
      """)

  @Option(help: "Parts, separated by commas: sgemm, step, conv, attention, propagate, decode, scaling (default: all).")
  var only: String?

  @Option(help: "Counted repetitions of each measurement.") var repetitions = 7

  @Option(help: "Threads; 0 means all cores.") var threads = 0

  @Option(help: "Batch sizes of the step, separated by commas.") var batches = "1,2,6"

  @Option(help: "Frames of a clip of the step, 2 to 8.") var frames = 3

  @Option(help: "Rows and columns of the step's frames, a multiple of 4.") var size = 256

  @Option(help: "Instruction set of the step: \(InstructionSet.available.map(\.rawValue).joined(separator: ", ")).")
  var instructionSet = InstructionSet.best

  @Option(help: "Folder of videos for decode; without it that part is left out.", completion: .directory)
  var videos: String?

  @Flag(help: "Print one JSON document instead of lines.") var json = false

  func run() throws {
    let options = try options()
    let suite = BenchmarkSuite(options: options) { row in
      if !json { Self.show(row) }
    }
    let report = try suite.run()
    if json { print(try JSONOutput.text(report.json)) }
  }

  private func options() throws -> BenchmarkOptions {
    var options = BenchmarkOptions()
    if let only {
      options.parts = Set(
        try only.split(separator: ",").map { name in
          guard let part = BenchmarkPart(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
            let known = BenchmarkPart.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--only: there is no part '\(name)'; there are \(known)")
          }
          return part
        })
    }
    guard (1...1000).contains(repetitions) else {
      throw ValidationError("--repetitions must be 1 to 1000, got \(repetitions)")
    }
    guard (0...1024).contains(threads) else { throw ValidationError("--threads must be 0 to 1024, got \(threads)") }
    options.batches = try batches.split(separator: ",").map { text in
      guard let clips = Int(text.trimmingCharacters(in: .whitespaces)), (1...64).contains(clips) else {
        throw ValidationError("--batches: '\(text)' is not a number from 1 to 64")
      }
      return clips
    }
    guard (2...8).contains(frames) else { throw ValidationError("--frames must be 2 to 8, got \(frames)") }
    guard size % 4 == 0, (16...1024).contains(size) else {
      throw ValidationError("--size must be a multiple of 4 from 16 to 1024, got \(size)")
    }
    guard instructionSet.isAvailable else {
      let available = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--instruction-set: this processor has no \(instructionSet.rawValue); it has \(available)")
    }
    options.frames = frames
    options.size = size
    options.instructionSet = instructionSet
    options.repetitions = repetitions
    options.threads = threads
    options.videos = videos
    return options
  }

  /// "step.batch1.seconds  0.512  (0.501 to 0.530, 7 times)".
  private static func show(_ row: BenchmarkRow) {
    for value in row.values {
      let name = (row.path + [value.key]).joined(separator: ".").padding(toLength: 64, withPad: " ", startingAt: 0)
      let measurement = value.measurement
      var line = "\(name) \(number(measurement.median))"
      if measurement.samples.count > 1 {
        line +=
          "  (\(number(measurement.minimum)) to \(number(measurement.maximum)), \(measurement.samples.count) times)"
      }
      print(line)
    }
    fflush(nil)
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) >= 1000 ? String(Int(value)) : String(format: "%.4g", value)
  }
}

extension InstructionSet: ExpressibleByArgument {}
