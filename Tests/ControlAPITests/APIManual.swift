import Foundation

/// `docs/API.md`, as a list of requests and the replies it promises.
struct APIManual {
  struct Example {
    var method: String
    var target: String
    var headers: [(String, String)]
    var body: String
    /// The reply as written: a status line, header lines, a blank line, a body.
    var reply: String
    /// Where the reply stands in the file.
    var replyRange: Range<String.Index>
  }

  static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/API.md")

  let text: String
  let examples: [Example]

  init() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    var blocks: [Range<String.Index>] = []
    var position = text.startIndex
    while let begin = text.range(of: "```http\n", range: position..<text.endIndex),
      let end = text.range(of: "```\n", range: begin.upperBound..<text.endIndex)
    {
      blocks.append(begin.upperBound..<end.lowerBound)
      position = end.upperBound
    }
    self.text = text
    examples = stride(from: 0, to: blocks.count - 1, by: 2).map { index in
      Self.example(request: text[blocks[index]], reply: String(text[blocks[index + 1]]), at: blocks[index + 1])
    }
  }

  private static func example(request: Substring, reply: String, at range: Range<String.Index>) -> Example {
    let halves = String(request).components(separatedBy: "\n\n")
    let lines = halves[0].split(separator: "\n")
    let words = lines[0].split(separator: " ")
    let headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
    }
    return Example(
      method: String(words[0]), target: String(words[1]), headers: headers,
      body: halves.count > 1 ? halves[1].trimmingCharacters(in: .newlines) : "", reply: reply, replyRange: range)
  }
}
