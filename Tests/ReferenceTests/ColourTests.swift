import ReferenceMethod
import Testing

@Suite("Colours of the reference")
struct ColourTests {
  @Test("The published profile averages class numbers and truncates; the corrected one averages classes")
  func profiles() {
    // One cell, whose four pixels hold the classes 0, 2, 2 and 2.
    var classes = [UInt8](repeating: 9, count: 16)
    for (pixel, value) in zip([5, 6, 9, 10], [UInt8](arrayLiteral: 0, 2, 2, 2)) { classes[pixel] = value }
    let published = ColourGrid.fromClasses(classes, batch: 1, height: 4, width: 4, profile: .published)
    let corrected = ColourGrid.fromClasses(classes, batch: 1, height: 4, width: 4, profile: .corrected)
    #expect(published.data == [0, 1] + [Double](repeating: 0, count: 14))
    #expect(corrected.data == [0.25, 0, 0.75] + [Double](repeating: 0, count: 13))
  }

  @Test("A mask of one object everywhere stays as it is, whatever the frames show")
  func propagation() {
    let parameters = HashWeights.parameters(seed: 1).mapValues { DoubleTensor($0.shape, $0.values) }
    let frames = (0..<3).map { DoubleTensor.uniform([1, 3, 16, 24], seed: UInt64($0)) }
    let mask = [UInt8](repeating: 3, count: 16 * 24)
    let propagation = MaskPropagation(parameters: parameters, options: MethodOptions(profile: .published))
    #expect(propagation.propagate(mask, through: frames) == [mask, mask])
  }
}
