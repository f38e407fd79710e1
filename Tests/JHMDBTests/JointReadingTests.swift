import Testing

@testable import JHMDB

@Suite("Coordinates from label maps")
struct JointReadingTests {
  @Test("a coordinate is the mean of the five greatest cells, weighted by their values")
  func topFive() {
    var map = [Float](repeating: 0, count: 100)
    map[23] = 0.5
    map[24] = 0.25
    map[33] = 0.125
    map[34] = 0.0625
    map[43] = 0.0625
    map[99] = 0.03125
    let place = JointReading.place(map, side: 10)
    #expect(place == SIMD2(3 + 0.3125, 2 + 0.1875 + 2 * 0.0625))
  }

  @Test("fewer cells than five are enough, and another number can be asked for")
  func fewer() {
    var map = [Float](repeating: 0, count: 100)
    map[57] = 0.25
    #expect(JointReading.place(map, side: 10) == SIMD2(7, 5))
    map[58] = 0.125
    #expect(JointReading.place(map, side: 10, count: 1) == SIMD2(7, 5))
  }

  @Test("of equal cells the later ones count")
  func ties() {
    var map = [Float](repeating: 0, count: 16)
    map[0] = 1
    map[5] = 1
    map[10] = 1
    #expect(JointReading.place(map, side: 4, count: 1) == SIMD2(2, 2))
    #expect(JointReading.place(map, side: 4, count: 2) == SIMD2(1.5, 1.5))
  }

  @Test("an empty map is a joint that vanished")
  func empty() {
    #expect(JointReading.place([Float](repeating: 0, count: 16), side: 4) == SIMD2(-1, -1))
  }

  @Test("the joints of a frame come without the background, each from its own map")
  func joints() {
    let places = [SIMD2(10.0, 6.0), SIMD2(30.0, 21.0), SIMD2(-9.0, 3.0)]
    let labels = JointMap.labels(places, side: 40)
    let found = JointReading.joints(labels, channels: 4, side: 40)
    #expect(found.count == 3)
    // The four neighbours of a peak are alike, so the mean is the peak.
    #expect(found.map { SIMD2($0.x.rounded(), $0.y.rounded()) } == [places[0], places[1], SIMD2(-1, -1)])
    let maps = JointMap.channelsFirst(labels, channels: 4)
    #expect(JointReading.place(Array(maps[1600..<3200]), side: 40) == found[0])
  }

  @Test("a map is stretched to 0...1")
  func normalised() {
    #expect(JointReading.normalised([1, 2, 3, 5]) == [0, 0.25, 0.5, 1])
    #expect(JointReading.normalised([0, 0, 0.25]) == [0, 0, 1])
  }

  @Test("an empty map stays as it is, and a constant one becomes empty")
  func normalisedFlat() {
    #expect(JointReading.normalised([0, 0, 0]) == [0, 0, 0])
    #expect(JointReading.normalised([2, 2]) == [0, 0])
  }

  @Test("each channel is stretched by itself")
  func channels() {
    var labels: [Float] = [1, 0, 4, 3, 0, 8, 5, 0, 6]
    JointReading.normalise(&labels, channels: 3)
    #expect(labels == [0, 0, 0, 0.5, 0, 1, 1, 0, 0.5])
  }
}
