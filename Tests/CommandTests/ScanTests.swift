import Datasets
import Foundation
import Media
import RunStore
import Supervision
import Testing
import TestFiles

@testable import corrflowd

@Suite("Scanning folders")
struct ScanTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.drawFrames("good/clip", count: 12)
    try Data().write(to: folder.url.appending(path: "empty.mp4"))
    try Data("text".utf8).write(to: folder.url.appending(path: "text.mkv"))
    try Data("notes".utf8).write(to: folder.url.appending(path: "notes.txt"))
  }

  @Test("The table has a line a file, with clips or the reason of the rejection, and the totals")
  func table() throws {
    let lines = try report().table.split(separator: "\n").map(String.init)
    #expect(lines.count == 5)
    #expect(lines[0].hasPrefix("file"))
    #expect(lines[1].hasPrefix("empty.mp4") && lines[1].contains("rejected (unreadable): the file is empty"))
    #expect(lines[2].hasPrefix("good/clip") && lines[2].contains("40x32") && lines[2].hasSuffix("  1"))
    #expect(lines[3].hasPrefix("text.mkv") && lines[3].contains("rejected (unreadable)"))
    #expect(lines[4] == "1 usable with 1 clips, 2 rejected, 1 other files ignored")
  }

  @Test("The JSON has the same, in snake_case")
  func json() throws {
    let text = try JSONOutput.text(report())
    for member in [#""clips" : 1"#, #""rejected" : 2"#, #""size_bytes" : 0"#, #""reason" : "unreadable""#] {
      #expect(text.contains(member), "\(member)")
    }
  }

  @Test("What the store keeps of a scan gives the same catalogue back, and unchanged files are not opened again")
  func rowsRoundTrip() throws {
    let scanner = FolderScanner()
    let first = try scanner.scan(root: folder.url, known: [], progress: { _, _ in }, isCancelled: { false })
    #expect(first.files.count == 3 && first.files.count(where: \.isUsable) == 1)
    let catalogue = Catalogue(first)
    #expect(catalogue.items.map(DatasetFileRow.init) == first.files)
    #expect(catalogue.fingerprint == first.fingerprint)
    var known = first.files
    known[1].codec = "remembered"
    let second = try scanner.scan(root: folder.url, known: known, progress: { _, _ in }, isCancelled: { false })
    #expect(second.files[1].codec == "remembered")
  }

  @Test("A scan that is called off throws CancellationError", .timeLimit(.minutes(1)))
  func cancel() throws {
    try folder.drawFrames("many/0", count: 1)
    for index in 1..<200 {
      try FileManager.default.copyItem(
        at: folder.url.appending(path: "many/0"), to: folder.url.appending(path: "many/\(index)"))
    }
    #expect(throws: CancellationError.self) {
      try FolderScanner(intervalSeconds: 0).scan(
        root: folder.url, known: [], progress: { _, _ in }, isCancelled: { true })
    }
  }

  @Test("A folder without videos and one that is not there are errors that name it")
  func noFolder() throws {
    let empty = folder.url.appending(path: "nothing")
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
    for path in [empty, folder.url.appending(path: "missing")] {
      let error = #expect(throws: DatasetError.self) {
        try FolderScanner().scan(root: path, known: [], progress: { _, _ in }, isCancelled: { false })
      }
      #expect(error?.description.contains(path.path) == true)
    }
  }

  private func report() throws -> ScanReport {
    ScanReport(catalogue: try DatasetScanner().scan(root: folder.url.path), timing: .published)
  }
}
