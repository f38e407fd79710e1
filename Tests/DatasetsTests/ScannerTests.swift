import Foundation
import Glibc
import Primitives
import Testing
import TestFiles

@testable import Datasets

@Suite(.enabled(if: SharedData.isPresent, "footage is not beside the checkout")) struct ScannerTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A dataset with everything that can be in one.
  private func fill() throws {
    try folder.copy(SharedData.video("codecs/chair_h264.mov"), to: "dancing/a.mov")
    try folder.copy(SharedData.video("codecs/chair_vp9.webm"), to: "dancing/deep/er/b.webm")
    try folder.copy(SharedData.video("rotation/video_90.mov"), to: "short.mov")
    try folder.write(Data(), to: "empty.mp4")
    try folder.write(Data("Dear reader".utf8), to: "letter.mp4")
    try folder.write(Data("{}".utf8), to: "labels.json")
    try folder.write(Data("x".utf8), to: "LICENSE")
    try folder.write(Data("x".utf8), to: ".hidden.mp4")
    try folder.write(Data("x".utf8), to: ".cache/c.mp4")
    for index in 0..<12 {
      let name = String(format: "%05d", index)
      try folder.copy(
        SharedData.path("data/davis/JPEGImages/480p/blackswan/\(name).jpg"), to: "tracks/swan/\(name).jpg")
      try folder.copy(
        SharedData.path("data/davis/Annotations/480p/blackswan/\(name).png"), to: "tracks/masks/\(name).png")
    }
    try folder.copy(SharedData.path("data/davis/JPEGImages/480p/blackswan/00000.jpg"), to: "dancing/thumbnail.jpg")
  }

  @Test func aFolderIsCatalogued() throws {
    try fill()
    let catalogue = try DatasetScanner().scan(root: folder.url.path)
    #expect(
      catalogue.items.map(\.relativePath) == [
        "dancing/a.mov", "dancing/deep/er/b.webm", "empty.mp4", "letter.mp4", "short.mov", "tracks/masks",
        "tracks/swan",
      ])
    #expect(
      catalogue.items.map { $0.rejection?.reason } == [
        nil, nil, .unreadable, .unreadable, .tooShort, .labelMasks, nil,
      ])
    #expect(catalogue.ignoredFiles == ["LICENSE", "dancing/thumbnail.jpg", "labels.json"])
    let video = catalogue.items[0], frames = catalogue.items[6]
    #expect(video.codec == "h264" && video.width == 360 && video.height == 240 && video.frameCount == 60)
    #expect(video.durationSeconds == 2 && video.rotationDegrees == 0 && video.sizeBytes == 32442)
    #expect(
      frames.kind == .frameFolder && frames.frameCount == 12 && frames.height == 480 && frames.sizeBytes > 100_000)
    #expect(catalogue.items[2].rejection?.detail == "the file is empty (0 bytes); copy or download it again")
    #expect(catalogue.items[4].rejection?.detail.contains("give 1 samples at 6.0 a second, and a clip has 3") == true)
    #expect(catalogue.clips(.published).count == 4 + 4 + 1)
  }

  @Test func aSecondScanOpensNoFileThatIsUnchanged() throws {
    try fill()
    let first = try DatasetScanner().scan(root: folder.url.path)
    // Same size and time, other content: what would be noticed if the file were opened.
    for item in first.items where item.kind == .video && item.sizeBytes > 0 {
      try folder.overwriteKeepingTime(item.relativePath)
    }
    let second = try DatasetScanner().scan(root: folder.url.path, known: first.items)
    #expect(second == first)
    #expect(second.fingerprint == first.fingerprint)
    let fresh = try DatasetScanner().scan(root: folder.url.path)
    #expect(fresh.items.filter(\.isUsable).map(\.relativePath) == ["tracks/swan"])
    #expect(fresh.fingerprint != first.fingerprint)
  }

  @Test func whatChangedIsMeasuredAgain() throws {
    try fill()
    let first = try DatasetScanner().scan(root: folder.url.path)
    try folder.copy(SharedData.video("codecs/chair_h264.mov"), to: "letter.mp4")
    try folder.copy(SharedData.path("data/davis/JPEGImages/480p/blackswan/00012.jpg"), to: "tracks/swan/00012.jpg")
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("empty.mp4"))
    let second = try DatasetScanner().scan(root: folder.url.path, known: first.items)
    #expect(second.items.count == first.items.count - 1)
    #expect(second.items.first { $0.relativePath == "letter.mp4" }?.isUsable == true)
    #expect(second.items.first { $0.relativePath == "tracks/swan" }?.frameCount == 13)
  }

  @Test func whetherAnItemIsTooShortFollowsTheClipsThatAreAskedFor() throws {
    try fill()
    let first = try DatasetScanner().scan(root: folder.url.path)
    let dense = DatasetScanner(timing: ClipTiming(frames: 2, rate: 30, frameStride: 1))
    let second = try dense.scan(root: folder.url.path, known: first.items)
    #expect(second.items.first { $0.relativePath == "short.mov" }?.isUsable == true)
    let long = DatasetScanner(timing: ClipTiming(frames: 8, rate: 3, frameStride: 4))
    let third = try long.scan(root: folder.url.path, known: second.items)
    #expect(third.items.allSatisfy { !$0.isUsable })
  }

  @Test func theResultDoesNotDependOnTheThreads() throws {
    try fill()
    let one = try DatasetScanner(probingThreads: 1).scan(root: folder.url.path)
    #expect(try DatasetScanner(probingThreads: 4).scan(root: folder.url.path) == one)
  }

  @Test func symbolicLinksAreNotFollowedOutOfTheFolder() throws {
    try folder.copy(SharedData.video("codecs/chair_h264.mov"), to: "data/a.mov")
    try FileManager.default.createSymbolicLink(atPath: folder.path("data/in.mov"), withDestinationPath: "a.mov")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("data/out.mov"), withDestinationPath: SharedData.video("codecs/chair_h264.mov"))
    try FileManager.default.createSymbolicLink(atPath: folder.path("data/loop"), withDestinationPath: "..")
    try FileManager.default.createSymbolicLink(atPath: folder.path("data/dangling.mov"), withDestinationPath: "none")
    let catalogue = try DatasetScanner().scan(root: folder.path("data"))
    #expect(catalogue.items.map(\.relativePath) == ["a.mov", "in.mov"])
    #expect(catalogue.ignoredFiles == ["dangling.mov", "loop", "out.mov"])
  }

  @Test func progressCountsEveryItem() throws {
    try fill()
    let seen = Lock<[ScanProgress]>([])
    _ = try DatasetScanner().scan(root: folder.url.path, progress: { step in seen.withLock { $0.append(step) } })
    let steps = seen.withLock { $0 }
    #expect(steps.map(\.done) == Array(1...7))
    #expect(steps.allSatisfy { $0.total == 7 })
    #expect(Set(steps.map(\.currentPath)).count == 7)
  }

  @Test func aScanCanBeCalledOff() throws {
    try fill()
    let done = Lock(0)
    #expect(throws: DatasetError.cancelled(root: folder.url.path)) {
      try DatasetScanner().scan(
        root: folder.url.path, progress: { _ in done.withLock { $0 += 1 } }, isCancelled: { done.withLock { $0 >= 2 } })
    }
  }

  @Test func aFolderThatCannotServeIsAnErrorThatSaysSo() throws {
    let missing = folder.path("none")
    #expect(throws: DatasetError.rootMissing(root: missing)) { try DatasetScanner().scan(root: missing) }
    let file = try folder.write(Data("x".utf8), to: "file.txt")
    #expect(throws: DatasetError.notAFolder(root: file)) { try DatasetScanner().scan(root: file) }
    let error = #expect(throws: DatasetError.self) { try DatasetScanner().scan(root: folder.url.path) }
    #expect(error?.description.contains("there are no videos and no folders of frames here (1 other files)") == true)
  }

  @Test func allOfTheSharedVideosAreUsableButTheShortOnes() throws {
    let catalogue = try DatasetScanner().scan(root: SharedData.path("data/videos"))
    #expect(catalogue.items.count == SharedData.videos.count)
    let rejected = catalogue.items.filter { !$0.isUsable }
    #expect(
      rejected.map(\.relativePath) == ["video_0", "video_180", "video_270", "video_90"].map { "rotation/\($0).mov" })
    #expect(rejected.allSatisfy { $0.rejection?.reason == .tooShort })
    let encoded = try JSONEncoder().encode(catalogue)
    #expect(try JSONDecoder().decode(Catalogue.self, from: encoded) == catalogue)
  }
}

extension TemporaryFolder {
  func copy(_ source: String, to name: String) throws {
    try write(Data(contentsOf: URL(fileURLWithPath: source)), to: name)
  }

  /// Replaces every byte of a file by a zero, and sets its time of modification back.
  func overwriteKeepingTime(_ name: String) throws {
    var status = stat()
    #expect(stat(path(name), &status) == 0)
    try Data(count: Int(status.st_size)).write(to: url.appendingPathComponent(name))
    let times = [status.st_atim, status.st_mtim]
    #expect(utimensat(AT_FDCWD, path(name), times, 0) == 0)
  }
}
