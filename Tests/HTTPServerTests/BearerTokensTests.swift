import HTTPServer
import Testing

@Suite struct BearerTokensTests {
  private static let reader = "0123456789abcdef"
  private static let admin = "fedcba9876543210-._~+/="

  @Test func `lines name a scope and a token; comments and empty lines count for nothing`() throws {
    let tokens = try BearerTokens(
      parsing: "# who may look\n\nread:\(Self.reader)\r\n  admin : \(Self.admin)  \n#read:0000000000000000")
    #expect(tokens.count == 2)
    #expect(tokens.scope(of: Self.reader) == .read)
    #expect(tokens.scope(of: Self.admin) == .admin)
    for other in ["", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "0000000000000000"] {
      #expect(tokens.scope(of: other) == nil)
    }
  }

  @Test(arguments: [
    ("0123456789abcdef", "line 1 is not SCOPE:TOKEN with the scope read or admin"),
    ("\nwrite:0123456789abcdef", "line 2 is not SCOPE:TOKEN with the scope read or admin"),
    ("Admin:0123456789abcdef", "line 1 is not SCOPE:TOKEN with the scope read or admin"),
    (
      "admin:short",
      "the token in line 1 has 5 characters, and must have 16 to 512; `openssl rand -hex 32` makes a good one"
    ),
    (
      "admin:0123456789 abcdef",
      "the token in line 1 has a character that a header cannot carry; letters, digits and -._~+/= are possible"
    ),
    (
      "admin:0123456789abcdéf",
      "the token in line 1 has a character that a header cannot carry; letters, digits and -._~+/= are possible"
    ),
    ("read:0123456789abcdef\nadmin:0123456789abcdef", "line 2 has the token of line 1 again"),
  ])
  func `a line that is none is refused by its number, and no token is told`(text: String, message: String) {
    let fault = #expect(throws: BearerTokens.Fault.self) { try BearerTokens(parsing: text) }
    #expect(fault?.description == message)
    #expect(fault?.description.contains("0123456789") == false)
  }

  @Test func `a file without tokens has none`() throws {
    #expect(try BearerTokens(parsing: "# later\n").count == 0)
    #expect(try BearerTokens(parsing: "").scope(of: "") == nil)
  }

  @Test func `what is kept does not hold the token`() throws {
    var kept = ""
    dump(try BearerTokens(parsing: "admin:\(Self.admin)"), to: &kept)
    #expect(!kept.contains(Self.admin))
  }
}
