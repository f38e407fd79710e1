import Foundation
import Media

/// The videos to train on.
struct VideoSet {
  private let options: SampleDataOptions

  init(_ options: SampleDataOptions) {
    self.options = options
  }

  /// One job a video.
  var jobs: [SampleJob] {
    let digits = max(2, String(options.clips).count)
    return (1...options.clips).map { number in
      let name = "sample-\(padded(number, to: digits)).mp4"
      return SampleJob(name: "videos/train/\(name)") { root in
        let folder = try FileManager.default.makeFolder("videos", "train", below: root)
        try write(number, to: folder.appendingPathComponent(name).path)
      }
    }
  }

  private func write(_ number: Int, to path: String) throws {
    var random = SamplePart.videos.random(options, number)
    let size = options.videoSize
    let scene = Scene(objects: 2 + random.integer(below: 4), width: size.width, height: size.height, &random)
    var renderer = SceneRenderer(width: size.width, height: size.height)
    let writer = try VideoWriter(
      path: path, width: size.width, height: size.height, frameRate: Double(options.frameRate))
    let frames = Int((options.secondsPerClip * Double(options.frameRate)).rounded())
    for frame in 0..<frames {
      try writer.append(renderer.image(of: scene, at: Double(frame) / Double(options.frameRate)))
    }
    try writer.finish()
  }
}
