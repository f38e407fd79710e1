import ControlClient
import Foundation
import Primitives
import Testing

@testable import corrflowd

@Suite("What ctl prints")
struct CtlTextTests {
  @Test("Columns are as wide as their widest cell, numbers end together, and a name obeys no terminal")
  func table() {
    var table = TextTable([.init(title: "NAME", width: 6), .init(title: "N", isNumeric: true), .init(title: "X")])
    table.add(["a\u{1B}[2J", "7", ""])
    table.add(["a name too long", "1234", "two\nlines"])
    #expect(
      table.text == """
        NAME       N  X
        a�[2J      7
        a nam…  1234  two lines
        """)
  }

  @Test(
    "Numbers are short",
    arguments: [
      (nil, "-"), (0, "0"), (1000, "1000"), (2.5, "2.5000"), (123.456, "123.5"), (0.00012, "1.200e-04"),
      (1e9, "1.000e+09"),
    ] as [(Double?, String)])
  func numbers(value: Double?, text: String) {
    #expect(TerminalText.number(value) == text)
  }

  @Test(
    "Sizes have a unit",
    arguments: [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (63_584_912, "63.6 MB"), (999_999, "1.0 MB")])
  func sizes(bytes: Int, text: String) {
    #expect(TerminalText.bytes(bytes) == text)
  }

  @Test("A curve has its scales, and no holes")
  func curve() {
    let points = [(0.0, 4.0), (10, 2), (20, 1)].map { TerminalCurve.Point(step: $0.0, value: $0.1) }
    let ascii = TerminalCurve(points: points, isUnicode: false).lines(width: 15, height: 5)
    #expect(
      ascii == [
        "     4 |*     ", "       | *    ", "       |  **  ", "     1 |    **", "        0   20",
      ] || ascii.count == 5)
    #expect(ascii.allSatisfy { $0.count <= 15 })
    let columns = ascii.dropLast().map {
      Array($0.suffix(from: $0.index(after: $0.firstIndex(of: "|") ?? $0.startIndex)))
    }
    for column in columns[0].indices { #expect(columns.contains { $0[column] == "*" }, "column \(column)") }
    let braille = TerminalCurve(points: points).lines(width: 40, height: 6)
    #expect(braille.count == 6 && braille.allSatisfy { $0.count <= 40 })
    #expect(braille.joined().unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
  }

  @Test("Where there is nothing to draw, or no room, nothing is drawn")
  func noCurve() {
    let point = TerminalCurve.Point(step: 1, value: 1)
    #expect(TerminalCurve(points: []).lines(width: 80, height: 20).isEmpty)
    #expect(TerminalCurve(points: [.init(step: 1, value: .nan)]).lines(width: 80, height: 20).isEmpty)
    #expect(TerminalCurve(points: [point]).lines(width: 3, height: 20).isEmpty)
    #expect(TerminalCurve(points: [point]).lines(width: 80, height: 2).isEmpty)
    #expect(TerminalCurve(points: [point]).lines(width: 80, height: 20).count == 20)
  }

  @Test("A bucket's least and greatest value are drawn, so that a spike stays")
  func spikes() {
    let reply: JSONValue = [
      "columns": ["step", "mean", "min", "max"], "rows": [[1, 2.0, 1.0, 9.0], [2, .null, .null, .null]],
    ]
    #expect(MetricText.points(reply).map(\.value) == [1, 9, 2])
  }

  @Test("What is missing in a reply is a dash, not a crash")
  func missing() {
    #expect(RunText.table([[:]]).contains("-"))
    for text in [
      RunText.page([:]), RunText.progressLine(.null), RunText.state(.null), JobText.page([:]), JobText.table([[:]]),
    ] {
      #expect(!text.isEmpty)
    }
    #expect(MetricText.points(.null).isEmpty && MetricText.table([:]) == "nothing is recorded yet")
  }

  @Test("A size has its unit, nothing is a dash, and settings have all digits")
  func values() {
    #expect(JobText.named("free_bytes", .integer(63_584_912)) == "63.6 MB" && JobText.named("free", .integer(7)) == "7")
    #expect(JobText.named("x", .null) == "-" && JobText.named("load", [.number(1.23456), .integer(2)]) == "1.2346, 2")
    #expect(JobText.exact(.number(0.0002)) == "0.0002" && JobText.exact("a") == "a" && JobText.exact([1]) == "[1]")
  }

  @Test("Of a failed run the reason is told")
  func failure() {
    let run: JSONValue = ["state": "failed", "exit": ["reason": "nan", "message": "the loss of step 3 is nan"]]
    #expect(RunText.state(run) == "failed (nan): the loss of step 3 is nan")
  }
}
