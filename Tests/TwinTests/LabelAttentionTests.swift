import CKernels
import Numerics
import ReferenceMethod
import Testing

/// A grid and a number of label channels.
struct ProbableCase: Sendable, CustomTestStringConvertible {
  let height: Int
  let width: Int
  let channels: Int
  var testDescription: String { "\(height)x\(width), \(channels) channels" }
}

@Suite("Label kernels against their plain twins", .timeLimit(.minutes(5)))
struct LabelAttentionTests {
  @Test(
    "The most probable label of each pixel is the largest of the enlarged values",
    arguments: [
      ProbableCase(height: 3, width: 5, channels: 1), ProbableCase(height: 1, width: 1, channels: 3),
      ProbableCase(height: 4, width: 17, channels: 16), ProbableCase(height: 5, width: 33, channels: 40),
      ProbableCase(height: 2, width: 16, channels: 256),
    ], InstructionSet.available)
  func mostProbable(item: ProbableCase, set: InstructionSet) {
    let cells = item.height * item.width
    var labels = randomFloats(cells * item.channels, seed: 1, in: 0...1)
    // Channels that are 0 everywhere, or nearly, are passed over.
    for index in labels.indices where index % item.channels % 3 == 2 { labels[index] = 0 }
    let actual = mostProbable(labels, item, set.kernels)
    let enlarged = Upsampling.forward(channelsFirst(labels, [1, item.height, item.width, item.channels]))
    let pixels = cells * 16
    for pixel in 0..<pixels {
      let values = (0..<item.channels).map { enlarged.data[$0 * pixels + pixel] }
      #expect(abs(values[Int(actual[pixel])] - (values.max() ?? 0)) < 1e-6)
    }
  }

  @Test("Of equally probable labels a pixel gets the first", arguments: InstructionSet.available)
  func equal(set: InstructionSet) {
    let item = ProbableCase(height: 3, width: 20, channels: 4)
    let labels = (0..<60).flatMap { _ -> [Float] in [0, 0.5, 0.5, 0] }
    #expect(mostProbable(labels, item, set.kernels).allSatisfy { $0 == 1 })
  }

  private func mostProbable(_ labels: [Float], _ item: ProbableCase, _ kernels: Kernels) -> [UInt8] {
    let space = unwritten(47 * (item.width + 32))
    var classes = [UInt8](repeating: 255, count: item.height * item.width * 16)
    for row in 0..<item.height {
      kernels.most_probable_row(
        Int32(item.height), Int32(item.width), Int32(item.channels), Int32(row), labels, space.pointer, &classes)
    }
    return classes
  }

  @Test("Packed embeddings are a row of cells in panels of 16, of length 1 where asked for", arguments: [1, 16, 37])
  func packing(width: Int) {
    let panels = (width + 15) / 16
    let embeddings = randomFloats(width * 64, seed: 2)
    for normalises in [false, true] {
      let (targets, columns) = (unwritten(width * 64), block([Float](repeating: 0, count: panels * 16 * 64)))
      #expect(
        ck_pack_embeddings_row(Int32(width), normalises, 2, embeddings, targets.pointer, columns.pointer))
      for x in 0..<width {
        let embedding = embeddings[x * 64..<(x + 1) * 64].map { Double($0) }
        let length = normalises ? embedding.reduce(0) { $0 + $1 * $1 }.squareRoot() : 1
        for k in 0..<64 {
          let expected = embedding[k] / length
          #expect(abs(Double(columns.pointer[(x / 16 * 64 + k) * 16 + x % 16]) - expected) < 1e-6)
          #expect(abs(Double(targets.pointer[x * 64 + k]) - 2 * expected) < 1e-6)
        }
      }
    }
  }

  @Test("Embeddings that are not finite are told", arguments: [Float.nan, .infinity])
  func notFinite(value: Float) {
    var embeddings = [Float](repeating: 1, count: 3 * 64)
    embeddings[100] = value
    let (targets, columns) = (unwritten(3 * 64), unwritten(16 * 64))
    #expect(!ck_pack_embeddings_row(3, true, 1, embeddings, targets.pointer, columns.pointer))
  }
}
