import Media
import Testing

@testable import Propagation

@Suite("Frames and masks on their way to whole cells and back")
struct FramePlanTests {
  private func plan(_ width: Int, _ height: Int, _ settings: PropagationSettings) throws -> FramePlan {
    try FramePlan(width: width, height: height, settings: settings)
  }

  @Test("are padded by their edges, and cut back", arguments: [(37, 53), (854, 480), (910, 480), (16, 16)])
  func padded(width: Int, height: Int) throws {
    let plan = try plan(width, height, PropagationPreset.corrflowFixed.settings)
    #expect(plan.encodedWidth == (width + 3) / 4 * 4)
    #expect(plan.encodedHeight == (height + 3) / 4 * 4)
    #expect(plan.gridWidth * 4 == plan.encodedWidth)
    #expect(plan.gridHeight * 4 == plan.encodedHeight)
    let picture = noise(width: width, height: height, seed: 5)
    let encoded = plan.encoded(picture)
    #expect(encoded.count == plan.encodedWidth * plan.encodedHeight * 3)
    let last = ((height - 1) * width + width - 1) * 3
    #expect(encoded.suffix(3) == picture.pixels[last..<last + 3])
    let mask = mask(width: width, height: height) { ($0 * 7 + $1 * 3) % 11 }.indices
    #expect(plan.native(mask: plan.encoded(mask: mask)) == mask)
  }

  @Test("are cut to multiples of 8 by the release, which shifts results by three columns", arguments: [854, 910])
  func release(width: Int) throws {
    let plan = try plan(width, 480, PropagationPreset.corrflow.settings)
    #expect(plan.encodedWidth == width - 6 && plan.encodedHeight == 480)
    let columns = mask(width: width, height: 480) { x, _ in x % 256 }.indices
    let result = plan.native(mask: plan.encoded(mask: columns))
    let expected = (0..<width).map { (x: Int) -> UInt8 in UInt8(min(max(x - 3, 0), width - 7) % 256) }
    #expect(Array(result[0..<width]) == expected)
    #expect(Array(result[(479 * width)...]) == expected)
  }

  @Test("are not shifted by the release where they are 1152 wide or more")
  func wideRelease() throws {
    let plan = try plan(1152, 480, PropagationPreset.corrflow.settings)
    let columns = mask(width: 1152, height: 480) { x, _ in x % 256 }.indices
    #expect(plan.native(mask: plan.encoded(mask: columns)) == columns)
  }

  @Test("have their edges repeated by the release where nothing else fills the size of the video")
  func oddRelease() throws {
    let plan = try plan(37, 53, PropagationPreset.corrflow.settings)
    #expect(plan.encodedWidth == 32 && plan.encodedHeight == 48)
    let rows = mask(width: 37, height: 53) { _, y in y }.indices
    let result = plan.native(mask: plan.encoded(mask: rows))
    for y in 0..<53 { #expect(Int(result[y * 37 + 36]) == min(y, 47)) }
  }

  @Test("are brought to the input size: a short side, or width and height")
  func inputSizes() throws {
    let short = try plan(854, 480, settings { $0.inputSize = .shortSide(240) })
    #expect(short.encodedWidth == 428 && short.encodedHeight == 240)
    let tall = try plan(480, 854, settings { $0.inputSize = .shortSide(240) })
    #expect(tall.encodedWidth == 240 && tall.encodedHeight == 428)
    let exact = try plan(320, 240, PropagationPreset.jhmdbTC.settings)
    #expect(exact.gridWidth == 80 && exact.gridHeight == 80)
  }

  @Test("keep their objects through another input size")
  func resizedMasks() throws {
    let plan = try plan(64, 48, settings { $0.inputSize = .exactly(width: 128, height: 96) })
    let mask = mask(width: 64, height: 48) { x, y in x / 8 + y / 8 }.indices
    #expect(plan.native(mask: plan.encoded(mask: mask)) == mask)
  }

  @Test("of sides under 16 or over 8192 pixels are refused", arguments: [(15, 64), (64, 15), (8193, 64)])
  func sizes(width: Int, height: Int) {
    #expect(throws: PropagationError.frameSize(frame: 0, width: width, height: height)) {
      try plan(width, height, PropagationSettings())
    }
  }

  @Test("Labels are every fourth pixel, or the mean of the four in the middle; averaged numbers invent objects")
  func sampling() {
    let numbers: [UInt8] = [
      3, 0, 0, 0,
      0, 0, 2, 0,
      0, 2, 2, 0,
      0, 0, 0, 0,
    ]
    #expect(PropagationSettings.MaskSampling.nearest.labels(numbers, width: 4, channels: 4) == .classes([3]))
    let average = PropagationSettings.MaskSampling.average.labels(numbers, width: 4, channels: 4)
    #expect(average == .distributions([0.25, 0, 0.75, 0]))
    // The border of 0 and 2 becomes object 1: (0 + 2 + 2 + 2) / 4, without its fraction.
    let invented = PropagationSettings.MaskSampling.averagedNumbers.labels(numbers, width: 4, channels: 4)
    #expect(invented == .classes([1]))
  }

  @Test("A later mask's pixels win, and its objects are nowhere else")
  func override() {
    #expect(ObjectChannels.override([0, 1, 1, 2, 2, 3], with: [0, 0, 2, 0, 4, 0]) == [0, 1, 2, 0, 4, 3])
  }
}
