import CKernels
import Glibc
import Numerics
import ReferenceMethod
import Testing

/// Sizes of a grid of cells; at edges and corners cells are replicated.
struct GridCase: Sendable, CustomTestStringConvertible {
  var height: Int
  var width: Int

  static let classes = 16
  static let all = [(5, 7), (1, 1), (1, 4), (3, 1), (2, 2), (16, 13)].map { GridCase(height: $0.0, width: $0.1) }

  var testDescription: String { "\(height)x\(width) cells" }
  var cells: Int { height * width }
  var pixels: Int { 16 * cells }

  func tensor(_ values: [Float]) -> DoubleTensor { channelsFirst(values, [1, height, width, Self.classes]) }

  /// Distributions over the classes; one cell in three is certain of one class, so that probabilities of exactly 0 occur.
  func distributions(seed: UInt64) -> [Float] {
    var values = randomFloats(cells * Self.classes, seed: seed, in: 0...1)
    for cell in 0..<cells {
      let range = cell * Self.classes..<(cell + 1) * Self.classes
      if cell % 3 == 0 {
        for index in range { values[index] = index - range.lowerBound == (5 * cell + 2) % Self.classes ? 1 : 0 }
      } else {
        let sum = values[range].reduce(0, +)
        for index in range { values[index] /= sum }
      }
    }
    return values
  }

  func overRows(_ body: (_ height: Int32, _ width: Int32, _ row: Int32) -> Void) {
    for row in 0..<Int32(height) { body(Int32(height), Int32(width), row) }
  }
}

@Suite("Labels, losses and their resampling against their plain twins", .timeLimit(.minutes(10)))
struct ColourTests {
  @Test("True classes come to the grid exactly, in both profiles", arguments: GridCase.all)
  func labels(grid: GridCase) {
    let classes = randomBytes(grid.pixels, seed: 1, below: 16)
    for profile in [MethodOptions.Profile.published, .corrected] {
      let labels = unwritten(grid.cells * GridCase.classes)
      grid.overRows { ck_labels_from_classes_row($0, $1, $2, classes, profile == .published, labels.pointer) }
      let expected = ColourGrid.fromClasses(
        classes, batch: 1, height: 4 * grid.height, width: 4 * grid.width, profile: profile)
      #expect(distance(labels.array, expected) == 0)
    }
  }

  @Test("Upsampling and bringing back is the grid filter, and its adjoint adds", arguments: GridCase.all)
  func filter(grid: GridCase) {
    let (values, gradient) = (grid.distributions(seed: 2), randomFloats(grid.cells * GridCase.classes, seed: 3))
    let before = randomFloats(gradient.count, seed: 4)
    let (out, result) = (unwritten(values.count), block(before))
    grid.overRows {
      ck_grid_filter_row($0, $1, $2, values, out.pointer)
      ck_grid_filter_gradient_row($0, $1, $2, gradient, result.pointer)
    }
    let forward = ColourGrid.fromProbabilities(Upsampling.forward(grid.tensor(values)))
    let backward = Upsampling.backward(
      fullGradient: ColourGrid.fromProbabilitiesBackward(gridGradient: grid.tensor(gradient)))
    #expect(distance(out.array, forward) < twinTolerance)
    #expect(distance(result.array, grid.tensor(before) + backward) < twinTolerance)
  }

  @Test("Cross entropy and its gradient, also of impossible classes and at edges", arguments: GridCase.all)
  func crossEntropy(grid: GridCase) {
    let (values, classes) = (grid.distributions(seed: 5), randomBytes(grid.pixels, seed: 6, below: 16))
    let pixelGradients = unwritten(grid.pixels)
    var sum = 0.0
    grid.overRows { sum += ck_cross_entropy_row($0, $1, $2, values, classes, pixelGradients.pointer) }
    let upsampled = Upsampling.forward(grid.tensor(values))
    let expected = CrossEntropy.forward(upsampled, classes: classes)
    #expect(abs(sum / Double(grid.pixels) - expected) < 1e-6 * expected)

    let weight = 0.3
    let backward = CrossEntropy.backward(upsampled, classes: classes, weight: weight)
    let atTruth = (0..<grid.pixels).map {
      backward.data[Int(classes[$0]) * grid.pixels + $0] * Double(grid.pixels) / weight
    }
    #expect(distance(pixelGradients.array, atTruth) < twinTolerance)
    let result = FloatBlock(count: values.count)
    let scale = Float(weight / Double(grid.pixels))
    grid.overRows { ck_cross_entropy_gradient_row($0, $1, $2, classes, pixelGradients.pointer, scale, result.pointer) }
    let cellGradient = Upsampling.backward(fullGradient: backward)
    #expect(distance(result.array, cellGradient) < twinTolerance)
    // And once more on top.
    grid.overRows { ck_cross_entropy_gradient_row($0, $1, $2, classes, pixelGradients.pointer, scale, result.pointer) }
    #expect(distance(result.array, cellGradient + cellGradient) < twinTolerance)
  }

  @Test("The gradient where nothing is impossible, class by class", arguments: GridCase.all)
  func mildCrossEntropy(grid: GridCase) {
    // With probabilities of 0 a few gradients of 1e8 hide all others.
    let values = [Float](repeating: 1.0 / 16, count: grid.cells * 16).enumerated().map { index, value in
      value * (1 + 0.5 * Float(index % 7) / 7)
    }
    let classes = randomBytes(grid.pixels, seed: 7, below: 16)
    let (pixelGradients, result) = (unwritten(grid.pixels), FloatBlock(count: values.count))
    grid.overRows { _ = ck_cross_entropy_row($0, $1, $2, values, classes, pixelGradients.pointer) }
    grid.overRows { ck_cross_entropy_gradient_row($0, $1, $2, classes, pixelGradients.pointer, 0.5, result.pointer) }
    let expected = Upsampling.backward(
      fullGradient: CrossEntropy.backward(
        Upsampling.forward(grid.tensor(values)), classes: classes, weight: 0.5 * Double(grid.pixels)))
    #expect(distance(result.array, expected) < twinTolerance)
  }

  @Test("A byte is divided by 255 and scaled with its channel's factor")
  func bytes() {
    let bytes = (0..<256).flatMap { value in (0..<3).map { UInt8((value + 85 * $0) % 256) } }
    for scale: [Float] in [[1, 1, 1], [0, 3, 0], [1.5, 0, 1.5]] {
      let out = unwritten(bytes.count)
      ck_bytes_to_float(256, bytes, scale, out.pointer)
      let expected = bytes.indices.map { Double(bytes[$0]) / 255 * Double(scale[$0 % 3]) }
      #expect(distance(out.array, expected) < 1e-7)
      #expect(zip(out.array, expected).allSatisfy { ($0 == 0) == ($1 == 0) })
    }
  }
}
