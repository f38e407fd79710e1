import Foundation
import Primitives
import Testing

@testable import RunStore

@Suite("Identifiers")
struct ULIDTests {
  @Test func aLaterOneSortsAfterAnEarlierOne() {
    var random = CounterRandom(seed: 3, purpose: .test)
    let ids = (0..<50).map { ULID(time: Date(timeIntervalSince1970: Double($0)), random: &random) }
    #expect(ids == ids.sorted())
    #expect(Set(ids).count == ids.count)
  }

  @Test func theTimeIsInTheFirstTenCharacters() {
    var random = CounterRandom(seed: 3, purpose: .test)
    // The example of the specification: 1469918176385 ms is 01ARYZ6S41.
    let id = ULID(time: Date(timeIntervalSince1970: 1_469_918_176.385), random: &random)
    #expect(id.text.hasPrefix("01ARYZ6S41"))
  }

  @Test func whatIsWrittenIsReadBack() throws {
    var random = CounterRandom(seed: 3, purpose: .test)
    let id = ULID(time: Date(timeIntervalSince1970: 1_700_000_000), random: &random)
    #expect(ULID(id.text) == id)
    #expect(try JSONDecoder().decode([ULID].self, from: JSONEncoder().encode([id])) == [id])
  }

  @Test(arguments: [
    "", "01ARYZ6S41TSV4RRFFQ69G5FA", "01ARYZ6S41TSV4RRFFQ69G5FAVV", "01arYZ6S41TSV4RRFFQ69G5FAV",
    "01ARYZ6S41TSV4RRFFQ69G5FAI", "01ARYZ6S41TSV4RRFFQ69G5FA'", "81ARYZ6S41TSV4RRFFQ69G5FAV",
    "01ARYZ6S41TSV4RRFFQ69G5FÄ",
  ])
  func anythingElseIsNone(text: String) {
    #expect(ULID(text) == nil)
  }
}
