import Foundation
import Primitives
import Testing

@Suite("JSONValue")
struct JSONValueTests {
  @Test("an absent value is not null")
  func absent() {
    func value(_ exists: Bool) -> JSONValue? { exists ? 1 : nil }
    #expect(value(false) == nil)
    #expect(value(false) != .some(.null))
    #expect(value(true) == .integer(1))
  }

  @Test(
    "every kind of value survives encoding and decoding",
    arguments: [
      JSONValue.null, true, 7, 0.5, "text", [1, .null, "a"], ["a": 1, "b": ["c": false]],
    ])
  func roundTrip(value: JSONValue) throws {
    #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
  }
}
