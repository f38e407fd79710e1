import Primitives
import Testing

@Suite struct HistogramTests {
  @Test func `a value counts in the first bucket whose bound it does not exceed`() {
    var histogram = Histogram(bounds: [0.1, 1, 10])
    for value in [0.05, 0.1, 0.3, 1, 11] { histogram.add(value) }
    #expect(histogram.counts == [2, 2, 0])
    #expect(histogram.count == 5)
    #expect(histogram.sum == 12.45)
  }

  @Test func `a value that is not finite is left out`() {
    var histogram = Histogram(bounds: [1])
    for value in [Double.nan, .infinity, -.infinity] { histogram.add(value) }
    #expect(histogram == Histogram(bounds: [1]))
  }
}
