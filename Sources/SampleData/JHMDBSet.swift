import Foundation
import Media

/// Clips of a moving figure with its joints, laid out as JHMDB.
struct JHMDBSet {
  /// Frames a second, as in JHMDB.
  private static let frameRate = 25.0

  private let options: SampleDataOptions

  init(_ options: SampleDataOptions) {
    self.options = options
  }

  /// One job a clip, and one for the split lists.
  var jobs: [SampleJob] {
    let clips = FigureAction.allCases.enumerated().map { number, action in
      SampleJob(name: "jhmdb/Rename_Images/\(action.rawValue)/\(Self.clip(action))") { root in
        try write(action, number, below: root)
      }
    }
    return clips + [SampleJob(name: "jhmdb/splits") { try writeSplits(below: $0) }]
  }

  private static func clip(_ action: FigureAction) -> String { "sample_figure_\(action.rawValue)" }

  private func writeSplits(below root: URL) throws {
    let folder = try FileManager.default.makeFolder("jhmdb", "splits", below: root)
    for action in FigureAction.allCases {
      // 2 is the test part, the one that is scored.
      try Data("\(Self.clip(action)).avi 2\n".utf8).write(as: "\(action.rawValue)_test_split1.txt", in: folder)
    }
  }

  private func write(_ action: FigureAction, _ number: Int, below root: URL) throws {
    let clip = Self.clip(action)
    let images = try FileManager.default.makeFolder("jhmdb", "Rename_Images", action.rawValue, clip, below: root)
    let joints = try FileManager.default.makeFolder("jhmdb", "joint_positions", action.rawValue, clip, below: root)
    let size = options.jhmdbSize
    var random = SamplePart.jhmdb.random(options, number)
    let scene = Scene(objects: 0, width: size.width, height: size.height, &random)
    let seconds = Double(options.jhmdbFrames) / Self.frameRate
    let figure = Figure(action: action, width: size.width, height: size.height, seconds: seconds, &random)
    var renderer = SceneRenderer(width: size.width, height: size.height)
    var places: [SIMD2<Double>] = []
    for frame in 0..<options.jhmdbFrames {
      let moment = Double(frame) / Self.frameRate
      let image = renderer.image(of: figure, in: scene, at: moment)
      try ImageFile.writePNG(image, to: images.appendingPathComponent("\(padded(frame + 1, to: 5)).png").path)
      places += figure.skeleton(at: moment).places
    }
    try Self.jointFile(places, frames: options.jhmdbFrames, size: size, scale: figure.size)
      .write(as: "joint_positions.mat", in: joints)
  }

  /// `joint_positions.mat`: `pos_img` in pixels, where (1, 1) is the centre of the first pixel, and `pos_world`, the same
  /// from the middle of the frame in units of the figure, both `[2, 15, frames]`.
  ///
  /// - Parameters:
  ///   - places: for each frame the fifteen joints, in frame heights.
  ///   - scale: the figure's height, in frame heights.
  static func jointFile(
    _ places: [SIMD2<Double>], frames: Int, size: SampleDataOptions.PictureSize, scale: Double
  ) -> Data {
    let height = Double(size.height)
    let middle = SIMD2(Double(size.width), height) / 2
    var image: [Double] = []
    var world: [Double] = []
    for place in places {
      let pixel = place * height + 0.5
      let unit = (pixel - middle) / (height * scale)
      image += [pixel.x, pixel.y]
      world += [unit.x, unit.y]
    }
    let dimensions = [2, Joint.allCases.count, frames]
    return MATFileWriter.data(
      [
        .init(name: "pos_img", dimensions: dimensions, values: image),
        .init(name: "pos_world", dimensions: dimensions, values: world),
      ], description: "MATLAB 5.0 MAT-file, Platform: corrflow, procedural sample data")
  }
}
