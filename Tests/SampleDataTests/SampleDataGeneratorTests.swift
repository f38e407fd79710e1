import Foundation
import Media
import Testing
import TestFiles

@testable import SampleData

@Suite("SampleDataGenerator")
struct SampleDataGeneratorTests {
  private func generate(_ options: SampleDataOptions, into folder: URL) throws {
    try SampleDataGenerator(options: options).generate(into: folder) { _, _, _ in }
  }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return String(describing: error)
    }
  }

  @Test("a set has videos, sequences with masks and clips with joints, each in its layout")
  func wholeSet() throws {
    let folder = try TemporaryFolder()
    let target = folder.url.appendingPathComponent("new/set")
    var steps: [Int] = []
    try SampleDataGenerator(options: tinyOptions()).generate(into: target) { done, total, _ in
      steps.append(done)
      #expect(total == 12)
    }
    #expect(steps == Array(1...12))
    let found = try files(below: target)
    #expect(found.filter { $0.hasPrefix("videos/") } == ["videos/train/sample-01.mp4", "videos/train/sample-02.mp4"])
    let lists = ["train", "val"].map { "davis/ImageSets/2017/\($0).txt" }
    #expect(found.filter { $0.hasPrefix("davis/ImageSets") } == lists)
    #expect(found.filter { $0.hasPrefix("davis/JPEGImages/480p/sample-pair/") }.count == 3)
    #expect(found.contains("davis/Annotations/480p/sample-crowd/00002.png"))
    #expect(found.contains("jhmdb/Rename_Images/walk/sample_figure_walk/00004.png"))
    #expect(found.contains("jhmdb/joint_positions/wave/sample_figure_wave/joint_positions.mat"))
    #expect(!found.contains { $0.contains(".corrflow-") })
    let split = try String(
      contentsOf: target.appendingPathComponent("jhmdb/splits/jump_test_split1.txt"), encoding: .utf8)
    #expect(split == "sample_figure_jump.avi 2\n")
    let val = try String(contentsOf: target.appendingPathComponent("davis/ImageSets/2017/val.txt"), encoding: .utf8)
    #expect(val == "sample-single\nsample-pair\nsample-crowd\n")
    try checkVideo(target)
    try checkMasks(target)
  }

  private func checkVideo(_ target: URL) throws {
    let video = try VideoFile.probe(path: target.appendingPathComponent("videos/train/sample-02.mp4").path)
    #expect(video.width == 64 && video.height == 48 && video.frameCount == 6)
  }

  private func checkMasks(_ target: URL) throws {
    for (name, count) in [("sample-single", 1), ("sample-drift", 2), ("sample-crossing", 3), ("sample-crowd", 4)] {
      let mask = try IndexedPNG.read(
        path: target.appendingPathComponent("davis/Annotations/480p/\(name)/00000.png").path)
      #expect(Set(mask.indices) == Set((0...count).map(UInt8.init)), "\(name)")
      let image = try ImageFile.read(
        path: target.appendingPathComponent("davis/JPEGImages/480p/\(name)/00000.jpg").path)
      #expect(image.width == mask.width && image.height == mask.height)
    }
  }

  @Test("an error names the file where it would have come to lie, and nothing is left", arguments: ["videos", "davis"])
  func errorsNameTargets(part: String) throws {
    let folder = try TemporaryFolder()
    let target = folder.url.appendingPathComponent("set")
    let text = message {
      try SampleDataGenerator(options: tinyOptions()).generate(into: target) { done, _, _ in
        guard done == 1, let hidden = try? FileManager.default.contentsOfDirectory(atPath: target.path).first else {
          return
        }
        // From here on nothing can be written below this name.
        let inTheWay = target.appendingPathComponent(hidden).appendingPathComponent(part)
        try? FileManager.default.removeItem(at: inTheWay)
        try? Data().write(to: inTheWay)
      }
    }
    #expect(text.hasPrefix(target.appendingPathComponent(part).path + "/"), "\(text)")
    #expect(!text.contains(".corrflow-"), "\(text)")
    #expect(try folder.names.isEmpty)
  }

  @Test("the same options give the same files, byte for byte; another seed gives others")
  func deterministic() throws {
    let folder = try TemporaryFolder()
    let urls = ["a", "b", "c"].map { folder.url.appendingPathComponent($0) }
    for (url, seed) in zip(urls, [7, 7, 8] as [UInt64]) {
      try generate(tinyOptions(seed: seed), into: url)
    }
    func contents(_ url: URL) throws -> [String: Data] {
      try Dictionary(
        uniqueKeysWithValues: files(below: url).map { ($0, try Data(contentsOf: url.appendingPathComponent($0))) })
    }
    #expect(try contents(urls[0]) == contents(urls[1]))
    #expect(try contents(urls[0])["videos/train/sample-01.mp4"] != contents(urls[2])["videos/train/sample-01.mp4"])
  }

  @Test("a set that is already there is left as it is")
  func repeated() throws {
    let folder = try TemporaryFolder()
    try generate(tinyOptions(), into: folder.url)
    let before = try FileManager.default.attributesOfItem(atPath: folder.url.appendingPathComponent("videos").path)
    var calls: [String] = []
    try SampleDataGenerator(options: tinyOptions()).generate(into: folder.url) { calls.append("\($0)/\($1) \($2)") }
    #expect(calls == ["12/12 already there"])
    let after = try FileManager.default.attributesOfItem(atPath: folder.url.appendingPathComponent("videos").path)
    #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
    #expect(try !files(below: folder.url).contains { $0.contains(".corrflow-") })
  }

  @Test("a set of other options takes the place of the old one, with nothing of it left")
  func replaced() throws {
    let folder = try TemporaryFolder()
    try generate(tinyOptions(), into: folder.url)
    var fewer = tinyOptions()
    fewer.clips = 1
    try generate(fewer, into: folder.url)
    #expect(try files(below: folder.url).filter { $0.hasPrefix("videos/") } == ["videos/train/sample-01.mp4"])
  }

  @Test("a set with a missing file is made again")
  func incomplete() throws {
    let folder = try TemporaryFolder()
    try generate(tinyOptions(), into: folder.url)
    let video = folder.url.appendingPathComponent("videos/train/sample-01.mp4")
    try FileManager.default.removeItem(at: video)
    try generate(tinyOptions(), into: folder.url)
    #expect(FileManager.default.fileExists(atPath: video.path))
  }

  @Test("a folder with somebody's files is refused by name and keeps them")
  func foreignFolder() throws {
    let folder = try TemporaryFolder()
    try Data("mine".utf8).write(to: folder.url.appendingPathComponent("holiday.mp4"))
    let text = message { try generate(tinyOptions(), into: folder.url) }
    #expect(text.contains(folder.url.path) && text.contains("'holiday.mp4'") && text.contains("new or empty folder"))
    #expect(try files(below: folder.url) == ["holiday.mp4"])
  }

  @Test("a set into which somebody has put a file is refused and keeps it")
  func foreignFileInSet() throws {
    let folder = try TemporaryFolder()
    try generate(tinyOptions(), into: folder.url)
    let mine = folder.url.appendingPathComponent("videos/train/mine.mp4")
    try Data("mine".utf8).write(to: mine)
    let text = message { try generate(tinyOptions(seed: 2), into: folder.url) }
    #expect(text.contains("'videos/train/mine.mp4'"))
    #expect(try Data(contentsOf: mine) == Data("mine".utf8))
  }

  @Test("a file in the place of the folder is refused")
  func targetIsFile() throws {
    let folder = try TemporaryFolder()
    let file = folder.url.appendingPathComponent("set")
    try Data("mine".utf8).write(to: file)
    #expect(message { try generate(tinyOptions(), into: file) }.contains("this is a file"))
    #expect(try Data(contentsOf: file) == Data("mine".utf8))
  }

  @Test("a folder that cannot be created is an error with the reason")
  func cannotCreate() throws {
    let folder = try TemporaryFolder()
    try Data("x".utf8).write(to: folder.url.appendingPathComponent("file"))
    let text = message { try generate(tinyOptions(), into: folder.url.appendingPathComponent("file/set")) }
    #expect(text.contains("file/set") && text.contains("check that the folder is writable"))
  }

  @Test("a failure half way leaves nothing behind")
  func failure() throws {
    let folder = try TemporaryFolder()
    let target = folder.url.appendingPathComponent("set")
    let text = message {
      try SampleDataGenerator(options: tinyOptions()).generate(into: target) { done, _, _ in
        guard done == 2, let staging = try? FileManager.default.contentsOfDirectory(atPath: target.path).first else {
          return
        }
        // The sequences cannot be written where a file has their folder's name.
        try? Data().write(to: target.appendingPathComponent("\(staging)/davis"))
      }
    }
    #expect(text.contains("davis"))
    #expect(!FileManager.default.fileExists(atPath: target.path))
  }

  @Test("what a killed run has left behind goes at the next one")
  func abandoned() throws {
    let folder = try TemporaryFolder()
    let left = folder.url.appendingPathComponent(".corrflow-sample-data-99999999/videos")
    try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
    try generate(tinyOptions(), into: folder.url)
    #expect(try !files(below: folder.url).contains { $0.contains("99999999") })
    #expect(!FileManager.default.fileExists(atPath: left.path))
  }

  @Test("bad options are all named at once, and nothing is created")
  func badOptions() throws {
    let folder = try TemporaryFolder()
    var options = tinyOptions()
    options.clips = 0
    options.secondsPerClip = .nan
    options.davisSize.width = 33
    let text = message { try generate(options, into: folder.url.appendingPathComponent("set")) }
    #expect(text.contains("clips must be 1 to 10000, got 0"))
    #expect(text.contains("seconds_per_clip") && text.contains("davis_size.width"))
    #expect(try files(below: folder.url).isEmpty)
  }
}
