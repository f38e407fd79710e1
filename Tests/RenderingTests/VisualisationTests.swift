import Foundation
import Media
import Networks
import Numerics
import TestFiles
import Testing

@testable import Rendering

@Suite("Visualisation")
struct VisualisationTests {
  private let weights: EncoderWeights
  private let pool = ThreadPool(threadCount: 2)
  private let folder: TemporaryFolder

  init() throws {
    weights = EncoderWeights()
    weights.initialise(seed: 1)
    folder = try TemporaryFolder()
  }

  private func frames(_ count: Int, _ width: Int = 41, _ height: Int = 33) -> FrameProvider {
    FrameProvider(name: "spot", images: (0..<count).map { pattern(width, height, frame: $0) }, frameRate: 10)
  }

  private func pca(
    _ count: Int, _ output: VisualisationOutput, options: VisualisationOptions = VisualisationOptions()
  ) -> PCAVisualisation {
    PCAVisualisation(frames: frames(count), weights: weights, pool: pool, options: options, output: output)
  }

  private func match(
    _ count: Int, _ query: MatchVisualisation.Query, _ output: VisualisationOutput,
    options: VisualisationOptions = VisualisationOptions()
  ) -> MatchVisualisation {
    MatchVisualisation(
      frames: frames(count), query: query, weights: weights, pool: pool, options: options, output: output)
  }

  @Test("principal components of a video are a video and a sheet, in a folder that is made for them")
  func pcaFolder() throws {
    let seen = Box<[VisualisationProgress]>([])
    let out = folder.path("new/pictures")
    let report = try pca(5, .folder(out)).run(progress: { seen.value.append($0) })
    #expect(report == VisualisationReport(video: out + "/pca.mp4", sheet: out + "/pca.png", frames: 5))
    #expect(try FileManager.default.contentsOfDirectory(atPath: out).sorted() == ["pca.mp4", "pca.png"])
    let video = try VideoFile.probe(path: out + "/pca.mp4")
    #expect(video.frameCount == 5 && video.width == 41 + 4 + 41 + 1 - 1 && video.height == 34)
    #expect(seen.value.map(\.framesDone) == Array(1...10) && seen.value.allSatisfy { $0.frameTotal == 10 })
    #expect(seen.value.map(\.phase) == Array(repeating: .fitting, count: 5) + Array(repeating: .rendering, count: 5))
    #expect(seen.value.last?.fraction == 1)
  }

  @Test("a sheet alone encodes only the frames on it")
  func sheetAlone() throws {
    let seen = Box<[VisualisationProgress]>([])
    let report = try pca(9, .sheet(folder.path("a.png")), options: VisualisationOptions(sheetFrames: 3))
      .run(progress: { seen.value.append($0) })
    #expect(report.video == nil && report.frames == 3)
    #expect(seen.value.filter { $0.phase == .rendering }.count == 3)
    let sheet = try ImageFile.read(path: folder.path("a.png"))
    #expect(sheet.width == 2 * 22 + 3 * 400 + 2 * 14)
  }

  @Test("a single image becomes a picture, and no video")
  func still() throws {
    let report = try pca(1, .folder(folder.url.path)).run()
    #expect(report.video == nil && report.frames == 1)
    #expect(try folder.names == ["pca.png"])
    _ = try match(1, .init(x: 5, y: 5), .folder(folder.url.path)).run()
    #expect(try folder.names == ["match.png", "pca.png"])
  }

  @Test("large frames are reduced in the video, and encoded at the size that is asked for")
  func sizes() throws {
    let options = VisualisationOptions(size: .init(width: 24, height: 16), longestSide: 20)
    _ = try pca(2, .video(folder.path("a.mp4")), options: options).run()
    let video = try VideoFile.probe(path: folder.path("a.mp4"))
    #expect(video.width == 20 + 4 + 20 && video.height == 16)
  }

  @Test("with any number of threads the pictures are the same")
  func threads() throws {
    for threads in [1, 3] {
      var work = pca(3, .sheet(folder.path("\(threads).png")))
      work.pool = ThreadPool(threadCount: threads)
      _ = try work.run()
    }
    #expect(try ImageFile.read(path: folder.path("1.png")) == ImageFile.read(path: folder.path("3.png")))
  }

  @Test("a pixel is followed from its frame on, by a video, a sheet and numbers")
  func matches() throws {
    let (report, matches) = try match(6, .init(x: 15, y: 16, frame: 2), .folder(folder.url.path)).run()
    #expect(report.frames == 4 && matches.map(\.frame) == [2, 3, 4, 5])
    #expect(try VideoFile.probe(path: folder.path("match.mp4")).frameCount == 4)
    for match in matches {
      #expect((0...40).contains(match.point.x) && (0...32).contains(match.point.y))
      #expect(match.weight > 0 && match.weight <= 1)
    }
  }

  @Test("with a radius, matches move by no more than it, also when only some frames are drawn")
  func radius() throws {
    let options = VisualisationOptions(sheetFrames: 2)
    let (_, matches) = try match(6, .init(x: 38, y: 30, radius: 1), .sheet(folder.path("a.png")), options: options)
      .run()
    #expect(matches.map(\.frame) == Array(0..<6))
    for (one, next) in zip(matches, matches.dropFirst()) {
      #expect(abs(one.point.x - next.point.x) <= 4.01 && abs(one.point.y - next.point.y) <= 4.01)
    }
    #expect(abs((matches.first?.point.x ?? 0) - 38) <= 6.01)
  }

  @Test("with a radius, the search goes along with what moves")
  func follows() throws {
    let images = (0..<6).map { frame in
      var canvas = Canvas(width: 96, height: 48, colour: RGBColour(30, 60, 90))
      canvas.drawDisc(at: PicturePoint(x: Double(20 + 8 * frame), y: 24), radius: 7, colour: RGBColour(250, 220, 40))
      return canvas.image
    }
    let work = MatchVisualisation(
      frames: FrameProvider(name: "disc", images: images), query: .init(x: 20, y: 24, radius: 3), weights: weights,
      pool: pool, output: .sheet(folder.path("a.png")))
    let (_, matches) = try work.run()
    // Eight pixels a frame are two cells: after five frames ten cells, more than a window around the pixel reaches.
    for match in matches { #expect(abs(match.point.x - Double(20 + 8 * match.frame)) < 12, "\(matches)") }
  }

  @Test("a file that is in the way is not replaced")
  func exists() throws {
    try folder.write(Data("older".utf8), to: "pca.png")
    let text = message { _ = try pca(2, .folder(folder.url.path)).run() }
    #expect(
      text == "\(folder.path("pca.png")): this file exists and is not replaced; give another output, or remove it")
    #expect(try folder.names == ["pca.png"])
  }

  @Test("what is cancelled leaves nothing behind", arguments: [0, 1, 4, 7])
  func cancelled(after: Int) throws {
    let done = Box(0)
    let out = folder.path("pictures")
    let text = message {
      _ = try pca(5, .folder(out)).run(progress: { done.value = $0.framesDone }, isCancelled: { done.value >= after })
    }
    #expect(text == "stopped before the end; nothing was left behind")
    #expect(try folder.names.isEmpty)
  }

  @Test("a pixel outside of the frame, and a frame past the end, are told with what is there")
  func outside() throws {
    let file = VisualisationOutput.sheet(folder.path("a.png"))
    #expect(
      message { _ = try match(2, .init(x: 41, y: 0), file).run() }
        == "the pixel 41,0 is not in the frame of 41x33; x is 0 to 40, y is 0 to 32")
    #expect(
      message { _ = try match(2, .init(x: 0, y: 0, frame: 2), file).run() }
        == "spot: there is no frame 2; frames are numbered from 0 to 1")
    #expect(
      message { _ = try match(2, .init(x: 0, y: 0, temperature: 0), file).run() } == "temperature: above 0, got 0.0")
    #expect(message { _ = try match(2, .init(x: 0, y: 0, radius: 0), file).run() } == "radius: 1 to 4096 cells, got 0")
    #expect(try folder.names.isEmpty)
  }

  @Test("the last pixel of a frame of odd size can be followed")
  func lastPixel() throws {
    let (_, matches) = try match(2, .init(x: 40, y: 32), .sheet(folder.path("a.png"))).run()
    #expect(matches.count == 2)
  }

  @Test("no frames, frames that are too small, and wrong options are told")
  func wrong() throws {
    let file = VisualisationOutput.sheet(folder.path("a.png"))
    var work = pca(0, file)
    #expect(message { _ = try work.run() } == "spot: there is no frame to show; check the path")
    work.frames = frames(1, 3, 9)
    #expect(message { _ = try work.run() }?.contains("a frame of 3x9 pixels is too small") == true)
    for (options, text) in [
      (VisualisationOptions(sheetFrames: 0), "sheetFrames: 1 to 64, got 0"),
      (VisualisationOptions(longestSide: 9), "longestSide: 16 to 4096, got 9"),
      (VisualisationOptions(size: .init(width: 2, height: 9)), "size: each side is 4 to 8192, got 2x9"),
    ] {
      #expect(message { _ = try pca(1, file, options: options).run() } == text)
    }
  }

  @Test("a network that has diverged is told, and not shown as a picture")
  func diverged() throws {
    weights.values.buffer[0] = .nan
    let text = message { _ = try pca(2, .sheet(folder.path("a.png"))).run() }
    #expect(text?.hasPrefix("the embeddings of frame 0 are not finite numbers") == true)
  }

  @Test("the extension of an output tells what it is")
  func outputs() throws {
    #expect(try VisualisationOutput(path: "a/b.mp4") == .video("a/b.mp4"))
    #expect(try VisualisationOutput(path: "b.PNG") == .sheet("b.PNG"))
    #expect(try VisualisationOutput(path: "pictures") == .folder("pictures"))
    try FileManager.default.createDirectory(atPath: folder.path("a.png"), withIntermediateDirectories: false)
    #expect(try VisualisationOutput(path: folder.path("a.png")) == .folder(folder.path("a.png")))
    #expect(
      message { _ = try VisualisationOutput(path: "a.gif") }
        == "a.gif: an output is a folder, a file that ends in .mp4, or a file that ends in .png")
  }

  @Test("a folder that cannot be made is told")
  func noFolder() throws {
    let file = try folder.write(Data(), to: "file")
    let text = message { _ = try pca(1, .folder(file + "/below")).run() }
    #expect(text?.hasPrefix("\(file)/below: the folder cannot be made (") == true)
  }
}
