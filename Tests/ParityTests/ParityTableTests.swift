import Testing

@Suite("The parity table")
struct ParityTableTests {
  @Test("keeps the item that is worst against its own tolerance, wherever it comes")
  func worst() {
    var table = ParityTable()
    for (item, error, tolerance) in [("fine", 0.0, 1.0), ("worst", 2, 1), ("larger", 30, 100), ("last", 0.5, 1)] {
      table.record("q", item: item, error: error, tolerance: tolerance)
    }
    #expect(table.rows.count == 1)
    #expect(table.rows[0].item == "worst" && table.rows[0].count == 4)
    #expect(!table.rows[0].passes)
    #expect(table.text(title: "t", seconds: 1).contains("FAILS worst"))
  }

  @Test("counts what is not a number as the worst")
  func notANumber() {
    var table = ParityTable()
    for (item, error) in [("first", 1.0), ("nan", .nan), ("last", 0.1)] {
      table.record("q", item: item, error: error, tolerance: 10)
    }
    #expect(table.rows[0].item == "nan" && !table.rows[0].passes)
  }
}
