import Foundation
import Glibc
import Media
import Testing
import TestFiles

struct BadInputTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aMissingFile() {
    let path = folder.path("none.mp4")
    #expect(throws: MediaError.notFound(path: path)) { try VideoFile(path: path) }
    #expect(throws: MediaError.notFound(path: path)) { try ImageFile.read(path: path) }
  }

  @Test func anEmptyFile() throws {
    let path = try folder.write(Data(), to: "empty.mp4")
    #expect(throws: MediaError.emptyFile(path: path)) { try VideoFile.probe(path: path) }
    #expect("\(MediaError.emptyFile(path: path))" == "\(path): the file is empty (0 bytes); copy or download it again")
  }

  @Test(arguments: ["mp4", "avi", "mkv", "mpg", "webm", "ogv", "mov"])
  func aTextFileWithTheNameOfAVideo(kind: String) throws {
    let text = Data(String(repeating: "Dear reader, this is not a video.\n", count: 400).utf8)
    let path = try folder.write(text, to: "letter." + kind)
    let error = #expect(throws: MediaError.self) { try VideoFile.probe(path: path) }
    #expect(error?.description.contains("not a readable video") == true)
  }

  @Test func aFolderAndAPipeAreNoFiles() throws {
    #expect(throws: MediaError.notAFile(path: folder.url.path)) { try VideoFile(path: folder.url.path) }
    let pipe = folder.path("pipe.mp4")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(throws: MediaError.notAFile(path: pipe)) { try VideoFile(path: pipe) }
  }

  @Test func playlistsAreRefused() throws {
    let secret = try folder.write(Data("secret".utf8), to: "secret.txt")
    let hls = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile://\(secret)\n#EXT-X-ENDLIST\n"
    let path = try folder.write(Data(hls.utf8), to: "movie.mp4")
    #expect(throws: MediaError.refusedContainer(path: path, container: "hls")) { try VideoFile(path: path) }
    let list = try folder.write(Data("ffconcat version 1.0\nfile \(secret)\n".utf8), to: "list.mp4")
    #expect(throws: MediaError.refusedContainer(path: list, container: "concat")) { try VideoFile(path: list) }
  }

  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: ["codecs/chair_h264.mov", "train/davis-bus.mp4", "train/cotracker-apple.mp4"])
  func anMP4ThatBreaksOffIsTruncatedOrUnreadable(name: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: SharedData.video(name)))
    for part in [0.1, 0.5, 0.8] {
      let path = try folder.write(data.prefix(Int(Double(data.count) * part)), to: "cut.mp4")
      do {
        let properties = try VideoFile.probe(path: path)
        #expect(properties.isTruncated, "\(part) of \(name)")
      } catch {
        #expect(error.path == path)
      }
    }
  }

  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      "codecs/chair_hevc.mkv", "train/decord-flipping_a_pancake.mkv", "codecs/chair_mjpeg.avi",
      "train/mmaction2-test.avi",
    ])
  func aMatroskaOrAVIFileThatBreaksOffIsTruncated(name: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: SharedData.video(name)))
    let path = try folder.write(data.prefix(data.count / 2), to: "cut.bin")
    let whole = try VideoFile.probe(path: SharedData.video(name)), cut = try VideoFile.probe(path: path)
    #expect(cut.durationSeconds < whole.durationSeconds * 0.9)
    #expect(cut.isTruncated)
    var count = 0
    try VideoFile(path: path).forEachFrame { _, _ in
      count += 1
      return true
    }
    #expect(count > 0 && abs(count - cut.frameCount) <= 1)
  }

  @Test(.enabled(if: FFmpeg.isPresent), arguments: ["mp4", "mkv", "ogg", "wav", "mp3"])
  func aFileWithSoundAlone(kind: String) throws {
    let path = folder.path("sound." + kind)
    try FFmpeg.run(["-f", "lavfi", "-i", "sine=duration=1", path])
    #expect(throws: MediaError.noVideoStream(path: path)) { try VideoFile.probe(path: path) }
  }

  /// Damage anywhere gives an error or fewer pictures, and never a crash.
  @Test(
    .enabled(if: SharedData.isPresent),
    arguments: [
      "codecs/chair_av1.mp4", "codecs/chair_h264.mov", "codecs/chair_hevc.mkv", "codecs/chair_mjpeg.avi",
      "codecs/chair_mpeg2.mpg", "codecs/chair_mpeg4.avi", "codecs/chair_theora.ogv", "codecs/chair_vp8.webm",
      "codecs/chair_vp9.webm",
    ])
  func damageIsSurvived(name: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: SharedData.video(name)))
    var random = SeededNumbers(state: 5)
    for round in 0..<6 {
      var damaged = data
      for _ in 0..<(round < 3 ? 8 : 200) {
        damaged[Int(random.next() % UInt64(data.count))] = UInt8(random.next() & 255)
      }
      let path = try folder.write(damaged, to: "damaged.bin")
      do {
        _ = try VideoFile.probe(path: path)
        let video = try VideoFile(path: path)
        _ = try video.frames(rate: 6, firstSample: 6, count: 2)
        try video.forEachFrame(rate: 6) { index, _ in index < 20 }
      } catch let error as MediaError {
        #expect(error.path == path)
      }
    }
  }

  /// xorshift64: damage must be the same in each run.
  struct SeededNumbers {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state >> 8
    }
  }
}
