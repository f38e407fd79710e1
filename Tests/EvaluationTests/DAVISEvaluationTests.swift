import DAVIS
import Evaluation
import Foundation
import Media
import Networks
import Numerics
import Primitives
import Propagation
import TestFiles
import Testing

@Suite("DAVIS evaluations")
struct DAVISEvaluationTests {
  private let pool = ThreadPool(threadCount: 1)

  private func evaluation(_ data: SmallDAVIS, _ preset: PropagationPreset = .identity) throws -> DAVISEvaluation {
    DAVISEvaluation(
      dataset: try data.dataset, set: "val", choice: SettingsChoice(preset), weights: .untrained, pool: pool)
  }

  @Test(
    "The numbers are those of the scorer on the masks that were written", arguments: [PropagationPreset.identity, .crw])
  func agreesWithScorer(preset: PropagationPreset) throws {
    let data = try SmallDAVIS()
    let result = try evaluation(data, preset).run(in: data.out)
    let scorer = DAVISScorer(dataset: try data.dataset, set: "val", results: data.folder.path("out/masks"))
    let official = try scorer.score(pool: pool)
    #expect(result.report.sequences == official.sequences)
    #expect(result.report.preliminary == official.preliminary)
    #expect(result.report.global.mean == official.global.mean)
    #expect(result.report.notes == [])
    #expect(result.missing == [])
    #expect(result.millisecondsPerFrame > 0)
  }

  @Test("Identity copies the first mask to every frame, in the official layout")
  func identityCopies() throws {
    let data = try SmallDAVIS()
    _ = try evaluation(data).run(in: data.out)
    #expect(try data.folder.names(in: "out/masks") == ["pair", "single"])
    #expect(try data.folder.names(in: "out/masks/pair") == (0..<5).map { "\(stem($0)).png" })
    let first = try IndexedPNG.read(path: data.folder.path(data.truth("pair", 0)))
    for frame in 0..<5 {
      let written = try IndexedPNG.read(path: data.folder.path("out/masks/pair/\(stem(frame)).png"))
      #expect(written == first)
      #expect(written.palette == DAVISPalette.rgb)
    }
  }

  @Test("The tables of the official toolkit are written")
  func tables() throws {
    let data = try SmallDAVIS()
    _ = try evaluation(data).run(in: data.out)
    #expect(
      try data.folder.names(in: "out").filter { $0.hasSuffix(".csv") } == [
        "global_results-val.csv", "per-sequence_results-val.csv",
      ])
  }

  @Test("Void pixels of the first mask belong to no object")
  func void() throws {
    let data = try SmallDAVIS()
    try data.add("single", 0, mask(48, 32, Box(255, 8..<32, 6..<26), Box(1, 10..<30, 8..<24)))
    let result = try evaluation(data).run(in: data.out)
    let written = try IndexedPNG.read(path: data.folder.path("out/masks/single/00002.png"))
    #expect(written.indices == mask(48, 32, Box(1, 10..<30, 8..<24)).indices)
    #expect(result.report.sequences[1].objects.count == 1)
  }

  @Test("Each sequence has an overlay video of its frames and a contact sheet")
  func overlays() throws {
    let data = try SmallDAVIS()
    _ = try evaluation(data).run(in: data.out)
    #expect(try data.folder.names(in: "out/overlays") == ["pair.mp4", "pair.png", "single.mp4", "single.png"])
    let video = try VideoFile.probe(path: data.folder.path("out/overlays/pair.mp4"))
    #expect(video.frameCount == 5)
    #expect(video.width == 48 && video.height == 32)
    // Five frames in two rows of three, each scaled to 400 columns.
    #expect(try ImageFile.properties(path: data.folder.path("out/overlays/pair.png")).width > 1200)
  }

  @Test("No overlays are drawn where none are asked for")
  func noOverlays() throws {
    let data = try SmallDAVIS()
    var evaluation = try evaluation(data)
    evaluation.drawsOverlays = false
    _ = try evaluation.run(in: data.out)
    #expect(!data.folder.exists("out/overlays"))
  }

  @Test("Sequences that are missing are named with the reason, and a note says so")
  func missing() throws {
    let data = try SmallDAVIS(list: "pair\nabsent\nsingle\n")
    let result = try evaluation(data).run(in: data.out)
    #expect(result.report.sequences.map(\.name) == ["pair", "single"])
    #expect(result.missing.count == 1)
    #expect(result.missing[0].hasPrefix("absent: there is no file in "))
    #expect(
      result.report.notes == ["1 sequence(s) of the set are missing: the numbers are not those of the whole set"])
  }

  @Test("A sequence without all of its pictures is missing, and the others are scored")
  func missingPicture() throws {
    let data = try SmallDAVIS()
    try data.remove(data.image("single", 2))
    let result = try evaluation(data).run(in: data.out)
    #expect(result.report.sequences.map(\.name) == ["pair"])
    #expect(result.missing[0].hasPrefix("single: there is no picture of frame 00002 in "))
  }

  @Test("A sequence whose later frames have no truth is missing")
  func missingTruth() throws {
    let data = try SmallDAVIS()
    for frame in 1..<4 { try data.remove(data.truth("single", frame)) }
    let result = try evaluation(data).run(in: data.out)
    #expect(result.missing[0].hasPrefix("single: there is no mask of frame 00001 in "))
    #expect(result.missing[0].hasSuffix("it cannot be scored"))
  }

  @Test("A sequence of two frames is missing: none of them would be scored")
  func twoFrames() throws {
    let data = try SmallDAVIS()
    for frame in 2..<4 {
      try data.remove(data.truth("single", frame))
      try data.remove(data.image("single", frame))
    }
    let result = try evaluation(data).run(in: data.out)
    #expect(
      result.missing == [
        "single: it has 2 frame(s); scores leave out the first and the last one and need at least 3"
      ])
  }

  @Test("A sequence whose first mask has no object is missing")
  func noObject() throws {
    let data = try SmallDAVIS()
    try data.add("single", 0, mask(48, 32, Box(255, 8..<32, 6..<26)))
    #expect(try evaluation(data).run(in: data.out).missing == ["single: its first mask has no object"])
  }

  @Test("A set of which nothing is there is an error with the names")
  func nothing() throws {
    let data = try SmallDAVIS(list: "ghost\nspirit\n")
    let text = message { _ = try evaluation(data).run(in: data.out) }
    #expect(text?.contains("none of the set's sequences can be evaluated (missing: ghost: there is no file") == true)
    #expect(text?.hasSuffix("; check the folder and the set") == true)
    #expect(text?.contains("spirit: ") == true)
  }

  @Test("Truth of another size than its picture is an error with both sizes")
  func truthSize() throws {
    let data = try SmallDAVIS()
    try data.folder.write(mask(24, 16, Box(1, 2..<9, 3..<9)), to: data.truth("pair", 3))
    #expect(
      message { _ = try evaluation(data).run(in: data.out) }?
        .hasSuffix("00003.png has 24x16 pixels, its picture has 48x32: a frame and its mask need one size") == true)
  }

  @Test("A frame of another size than the first is an error with the name of the sequence")
  func changedSize() throws {
    let data = try SmallDAVIS()
    try data.folder.write(picture(24, 16), to: data.image("single", 2))
    #expect(
      message { _ = try evaluation(data).run(in: data.out) }?.hasPrefix("single: frame 2 has 24x16 pixels") == true)
  }

  @Test("Progress counts all frames and names the sequence")
  func progress() throws {
    let (data, listener) = (try SmallDAVIS(), Listener())
    _ = try evaluation(data).run(in: data.out, monitor: listener.monitor)
    #expect(listener.heard.map(\.done) == Array(1...9))
    #expect(listener.heard.allSatisfy { $0.total == 9 })
    #expect(listener.heard.map(\.stage) == Array(repeating: "pair", count: 5) + Array(repeating: "single", count: 4))
  }

  @Test("Scores of a sequence are handed out as soon as it is done")
  func onSequence() throws {
    let (data, listener) = (try SmallDAVIS(), Listener())
    var seen: [String] = []
    let result = try evaluation(data).run(in: data.out, monitor: listener.monitor) { scores in
      seen.append("\(scores.name) \(listener.heard.count)")
    }
    #expect(seen == ["pair 5", "single 9"])
    #expect(result.report.sequences.count == 2)
  }

  @Test("A cancelled evaluation stops at once and leaves no half video")
  func cancel() throws {
    let (data, listener) = (try SmallDAVIS(), Listener(limit: 3))
    #expect(throws: CancellationError.self) {
      _ = try evaluation(data).run(in: data.out, monitor: listener.monitor)
    }
    #expect(listener.heard.count == 3)
    #expect(try data.folder.names(in: "out/masks/pair").count == 3)
    #expect(try data.folder.names(in: "out/overlays") == [])
  }
}
