import Foundation
import Media
import TestFiles
import Testing

@testable import DAVIS

@Suite("The layout of DAVIS 2017")
struct DatasetTests {
  @Test("a list gives each sequence once, in its order, whatever ends its lines")
  func list() throws {
    let small = try SmallSet()
    #expect(try small.dataset.sequenceNames(ofSet: "val") == ["one", "two"])
    #expect(try small.dataset.setNames == ["val"])
    #expect(try small.dataset.sequencesOnDisk == ["one", "two"])
  }

  @Test("a set has its sequences' frames with pictures and masks")
  func set() throws {
    let small = try SmallSet()
    let set = try small.dataset.set("val")
    #expect(set.missing.isEmpty && set.sequences.map(\.name) == ["one", "two"])
    let one = try #require(set.sequences.first)
    #expect(one.frames.map(\.name) == ["00000", "00001", "00002", "00003", "00004"])
    #expect(one.frames[2].imagePath == small.folder.path("truth/JPEGImages/480p/one/00002.jpg"))
    #expect(one.frames[2].maskPath == small.folder.path("truth/Annotations/480p/one/00002.png"))
    #expect(one.imagePaths?.count == 5)
    let first = try one.firstMask()
    #expect(DAVISMask.objectCount(first) == 1)
  }

  @Test("sequences that are not here, or have no first mask, are told with what was expected")
  func missing() throws {
    let small = try SmallSet()
    try small.remove("truth/Annotations/480p/two/00000.png")
    try small.folder.write(Data("one\nnowhere\ntwo".utf8), to: "truth/ImageSets/2017/val.txt")
    let missing = try small.dataset.set("val").missing
    #expect(missing.map(\.name) == ["nowhere", "two"])
    #expect(missing[0].reason == "there is no file in \(small.folder.path("truth"))/Annotations/480p/nowhere")
    #expect(missing[1].reason.contains("no mask of its first frame: expected"))
    #expect(missing[1].reason.hasSuffix("two/00000.png"))
  }

  @Test("a test set with pictures and one mask is usable")
  func testSet() throws {
    let small = try SmallSet()
    for frame in 1..<5 { try small.remove("truth/Annotations/480p/one/0000\(frame).png") }
    let one = try small.dataset.sequence("one")
    #expect(one.frames.count == 5 && one.frames.compactMap(\.maskPath).count == 1)
    #expect(try small.dataset.set("val").missing.isEmpty)
  }

  @Test("what is no data set and what is no set say what there is")
  func wrong() throws {
    let small = try SmallSet()
    #expect(throws: DAVISError.noDataset(root: "/nowhere", missing: "/nowhere/Annotations/480p")) {
      try DAVISDataset(root: "/nowhere")
    }
    let error = #expect(throws: DAVISError.self) { try small.dataset.set("trainval") }
    #expect("\(try #require(error))".contains("no set 'trainval'"))
    #expect("\(try #require(error))".hasSuffix("there are val"))
    try small.folder.write(Data("\n \n".utf8), to: "truth/ImageSets/2017/empty.txt")
    try small.folder.write(Data("../one\n".utf8), to: "truth/ImageSets/2017/odd.txt")
    for (set, words) in [("empty", "names no sequence"), ("odd", "'../one' is no name")] {
      let error = #expect(throws: DAVISError.self) { try small.dataset.set(set) }
      #expect("\(try #require(error))".contains(words))
    }
  }

  @Test("official masks of several objects are read", .enabled(if: SharedData.isPresent, "needs the shared data"))
  func officialSamples() throws {
    let dataset = try DAVISDataset(root: SharedData.path("data/davis-2017-samples"))
    var counts: [String: Int] = [:]
    var voids = 0
    for name in try dataset.sequencesOnDisk {
      let sequence = try dataset.sequence(name)
      counts[name] = DAVISMask.objectCount(try sequence.firstMask())
      for path in sequence.frames.compactMap(\.maskPath) {
        let mask = try IndexedPNG.read(path: path)
        voids += mask.indices.contains(DAVISMask.void) ? 1 : 0
        let scores = FrameScores(truth: mask, result: mask, objectCount: 1)
        #expect(scores.objects.allSatisfy { $0 == FrameScore(region: 1, contour: 1) })
      }
    }
    #expect(counts == ["bear": 1, "blackswan": 1, "tennis": 2])
    #expect(voids > 0)
  }
}
