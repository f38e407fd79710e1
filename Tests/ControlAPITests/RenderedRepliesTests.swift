import HTTPServer
import Primitives
import Testing

@testable import ControlAPI

@Suite(.timeLimit(.minutes(1))) struct RenderedRepliesTests {
  private struct Refused: Error {}

  @Test func `of many who ask at once, one makes the reply`() throws {
    let replies = RenderedReplies()
    let made = Monitor(0)
    let asking = Monitor(0)
    let got = Lock<[[UInt8]]>([])
    let threads = try (0..<8).map { _ in
      try WorkerThread(name: "asks") {
        asking.withLock { $0 += 1 }
        let bytes = replies.bytes(of: "run", tag: EntityTag("r1")) {
          // Nobody has an answer before all have asked.
          asking.wait { $0 == 8 ? () : nil }
          made.withLock { $0 += 1 }
          return ["a": 1]
        }
        got.withLock { $0.append(bytes) }
      }
    }
    for thread in threads { thread.join() }
    #expect(made.read { $0 } == 1)
    #expect(got.withLock { $0 } == Array(repeating: Array(#"{"a":1}"#.utf8), count: 8))
  }

  @Test func `a new state is made anew, and so is what could not be made`() throws {
    let replies = RenderedReplies()
    #expect(throws: Refused.self) { try replies.bytes(of: "run", tag: EntityTag("r1")) { throw Refused() } }
    for revision in 1...3 {
      let bytes = replies.bytes(of: "run", tag: EntityTag("r\(revision)")) { .integer(Int64(revision)) }
      #expect(bytes == Array("\(revision)".utf8))
    }
  }

  @Test func `no more replies than the limit are remembered, and all are right`() {
    let replies = RenderedReplies(limit: 2)
    for round in 0..<2 {
      for subject in ["a", "b", "c"] {
        let bytes = replies.bytes(of: subject, tag: EntityTag("r\(round)")) { .string("\(subject)\(round)") }
        #expect(bytes == Array("\"\(subject)\(round)\"".utf8))
      }
    }
  }
}
