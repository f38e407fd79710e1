@testable import HTTPServer
import Primitives
import Testing

@Suite struct JSONTests {
  private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

  @Test(arguments: [
    #"{"a":[1,-2,2.5,true,false,null,"x"],"b":{}}"#, "[]", "0", "-0.25", #""\u0000\u001f""#, "[[[]]]",
    "9223372036854775807", "-9223372036854775808", "1e-05", #""ä𝄞""#,
  ])
  func `what is written reads back and is written the same`(text: String) throws {
    #expect(String(decoding: JSONText.bytes(of: try parse(text)), as: UTF8.self) == text)
  }

  @Test(arguments: [
    ("\"\\u00e4\\ud834\\udd1e\\/\\b\\f\\n\\r\\t\"", JSONValue.string("ä𝄞/\u{8}\u{c}\n\r\t")),
    (" [ 1 , 2 ] ", JSONValue.array([.integer(1), .integer(2)])),
    ("1E2", JSONValue.integer(100)), ("1.0", JSONValue.integer(1)), ("1.5", JSONValue.number(1.5)),
    ("9223372036854775808", JSONValue.number(9.223372036854775808e18)),
  ])
  func `a value is read`(text: String, value: JSONValue) throws {
    #expect(try parse(text) == value)
  }

  @Test(arguments: [
    "", " ", "{", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "01", "+1", "1.", ".5", "1e", "-", "nul",
    "True", "NaN", "Infinity", "1e999", "\"abc", "\"\n\"", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
    "\"\\udc00\"", "\"\\u12g4\"", "1 2", "[1] x", "{\"a\":1,\"a\":2}", "'a'", "/* c */ 1", "\u{FEFF}1",
  ])
  func `what is not JSON is refused with its place`(text: String) {
    #expect(throws: JSONSyntaxError.self) { try parse(text) }
  }

  @Test func `invalid UTF-8 is refused`() {
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
  }

  @Test func `nesting is read to 32 levels`() throws {
    let nested: (Int) -> String = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    #expect(throws: Never.self) { try parse(nested(32)) }
    #expect(throws: JSONSyntaxError(offset: 32, reason: "more than 32 levels of nesting")) { try parse(nested(33)) }
    #expect(throws: JSONSyntaxError.self) { try parse(nested(500_000)) }
  }

  @Test func `a string is read to 64 KiB`() throws {
    #expect(throws: Never.self) { try parse("\"\(String(repeating: "a", count: 65_536))\"") }
    #expect(throws: JSONSyntaxError.self) { try parse("\"\(String(repeating: "a", count: 65_537))\"") }
  }

  @Test func `numbers that JSON does not know are null, and member names are sorted`() {
    let value: JSONValue = ["b": .number(.nan), "a": .number(.infinity), "C": .number(2)]
    #expect(String(decoding: JSONText.bytes(of: value), as: UTF8.self) == #"{"C":2,"a":null,"b":null}"#)
  }

  @Test func `a message names the byte`() {
    #expect(JSONSyntaxError(offset: 17, reason: "x").description == "Malformed JSON at byte 17: x.")
  }
}
