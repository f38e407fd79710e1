import Foundation
import Media

/// Sequences with exact masks, laid out as DAVIS 2017.
struct DAVISSet {
  /// Frames a second, as in DAVIS.
  private static let frameRate = 24.0
  /// A scene is drawn anew until each object covers this part of the first frame: ids are counted there.
  private static let leastVisible = 0.008
  private static let attempts = 24

  /// One sequence.
  private struct Sequence {
    var name: String
    var objects: Int
    var set: String
  }

  private static let sequences = [
    Sequence(name: "sample-drift", objects: 2, set: "train"),
    Sequence(name: "sample-crossing", objects: 3, set: "train"),
    Sequence(name: "sample-single", objects: 1, set: "val"),
    Sequence(name: "sample-pair", objects: 2, set: "val"),
    Sequence(name: "sample-crowd", objects: 4, set: "val"),
  ]

  private let options: SampleDataOptions

  init(_ options: SampleDataOptions) {
    self.options = options
  }

  /// One job a sequence, and one for the lists.
  var jobs: [SampleJob] {
    let sequences = Self.sequences.enumerated().map { number, sequence in
      SampleJob(name: "davis/JPEGImages/480p/\(sequence.name)") { try write(sequence, number, below: $0) }
    }
    return sequences + [SampleJob(name: "davis/ImageSets/2017") { try writeLists(below: $0) }]
  }

  private func writeLists(below root: URL) throws {
    let folder = try FileManager.default.makeFolder("davis", "ImageSets", "2017", below: root)
    for set in ["train", "val"] {
      let names = Self.sequences.filter { $0.set == set }.map { $0.name + "\n" }
      try Data(names.joined().utf8).write(as: "\(set).txt", in: folder)
    }
  }

  private func write(_ sequence: Sequence, _ number: Int, below root: URL) throws {
    let images = try FileManager.default.makeFolder("davis", "JPEGImages", "480p", sequence.name, below: root)
    let masks = try FileManager.default.makeFolder("davis", "Annotations", "480p", sequence.name, below: root)
    let size = options.davisSize
    var renderer = SceneRenderer(width: size.width, height: size.height)
    let scene = scene(sequence, number, &renderer)
    for frame in 0..<options.davisFrames {
      let stem = padded(frame, to: 5)
      let image = renderer.image(of: scene, at: Double(frame) / Self.frameRate)
      try ImageFile.writeJPEG(image, to: images.appendingPathComponent("\(stem).jpg").path)
      try IndexedPNG.write(
        IndexedImage(width: size.width, height: size.height, indices: renderer.canvas.ids),
        to: masks.appendingPathComponent("\(stem).png").path)
    }
  }

  /// The first scene of the sequence's random streams whose objects are all well visible in the first frame, or else the
  /// one in which the least visible object is largest.
  private func scene(_ sequence: Sequence, _ number: Int, _ renderer: inout SceneRenderer) -> Scene {
    let size = options.davisSize
    let wanted = Int(Double(size.width * size.height) * Self.leastVisible)
    var best: (scene: Scene, visible: Int)?
    for attempt in 0..<Self.attempts {
      var random = SamplePart.davis.random(options, number, attempt: attempt)
      let scene = Scene(objects: sequence.objects, width: size.width, height: size.height, &random)
      _ = renderer.image(of: scene, at: 0)
      var areas = Array(repeating: 0, count: sequence.objects + 1)
      for id in renderer.canvas.ids {
        areas[Int(id)] += 1
      }
      let visible = areas.dropFirst().min() ?? 0
      if visible > best?.visible ?? -1 {
        best = (scene, visible)
      }
      if visible >= wanted { break }
    }
    guard let best else { preconditionFailure("at least one scene was drawn") }
    return best.scene
  }
}
