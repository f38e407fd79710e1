import Foundation
import Media
import Primitives
import Testing
import TestFiles

@testable import SampleData

@Suite("JHMDB sample clips")
struct JHMDBSetTests {
  @Test("a MAT file holds what was put in, in MATLAB's order")
  func matFile() throws {
    let data = MATFileWriter.data(
      [
        .init(name: "a", dimensions: [1, 1], values: [.pi]),
        .init(name: "pos_img", dimensions: [2, 3, 2], values: (0..<12).map(Double.init)),
      ], description: "MATLAB 5.0 MAT-file, test")
    let file = try MATFileReader([UInt8](data))
    #expect(file.header.hasPrefix("MATLAB 5.0 MAT-file, test  "))
    #expect(file.variables["a"] == .init(dimensions: [1, 1], values: [.pi]))
    #expect(file.variables["pos_img"] == .init(dimensions: [2, 3, 2], values: (0..<12).map(Double.init)))
  }

  @Test(
    "a real file of JHMDB has the same variables in the same shapes",
    .enabled(if: SharedData.isPresent, "needs the shared data"))
  func sameAsReal() throws {
    let shared = SharedData.root
    let real = try MATFileReader(
      [UInt8](Data(contentsOf: shared.appendingPathComponent("data/jhmdb/mat_variants/joint_positions_resaved.mat"))))
    let ours = try MATFileReader(
      [UInt8](
        JHMDBSet.jointFile(
          Array(repeating: SIMD2(0.5, 0.5), count: 15 * 40), frames: 40, size: .init(width: 320, height: 240),
          scale: 0.8)))
    #expect(Set(ours.variables.keys) == Set(real.variables.keys))
    for (name, variable) in real.variables {
      #expect(ours.variables[name]?.dimensions == variable.dimensions)
    }
  }

  @Test("pixel (1, 1) is the centre of the first pixel, and the world's origin is the middle of the frame")
  func coordinates() throws {
    let size = SampleDataOptions.PictureSize(width: 320, height: 240)
    var places = Array(repeating: SIMD2(0.0, 0.0), count: 15)
    places[0] = SIMD2(0.5 / 240, 0.5 / 240)
    places[1] = SIMD2(160 - 0.5, 120 - 0.5) / 240
    places[2] = SIMD2(160 - 0.5, 120 - 0.5 + 0.8 * 240) / 240
    let file = try MATFileReader([UInt8](JHMDBSet.jointFile(places, frames: 1, size: size, scale: 0.8)))
    let image = try #require(file.variables["pos_img"]).values
    let world = try #require(file.variables["pos_world"]).values
    #expect(abs(image[0] - 1) < 1e-12 && abs(image[1] - 1) < 1e-12)
    #expect(abs(image[2] - 160) < 1e-12 && abs(image[3] - 120) < 1e-12)
    #expect(abs(world[2]) < 1e-12 && abs(world[3]) < 1e-12)
    #expect(abs(world[4]) < 1e-12 && abs(world[5] - 1) < 1e-12)
  }

  @Test("limbs keep their length through each action, and left stays left", arguments: FigureAction.allCases)
  func bones(action: FigureAction) {
    for step in 0..<40 {
      let body = action.angles(phase: Double(step) * 0.2)
      let skeleton = Skeleton(root: SIMD2(0.6, 0.5), size: 0.8, body: body)
      func length(_ a: Joint, _ b: Joint) -> Double {
        let difference = (skeleton[a] - skeleton[b]) / 0.8
        return (difference * difference).sum().squareRoot()
      }
      #expect(abs(length(.rightShoulder, .rightElbow) - 0.16) < 1e-12)
      #expect(abs(length(.leftElbow, .leftWrist) - 0.15) < 1e-12)
      #expect(abs(length(.rightHip, .rightKnee) - 0.235) < 1e-12)
      #expect(abs(length(.leftKnee, .leftAnkle) - 0.225) < 1e-12)
      #expect(skeleton[.rightShoulder].x < skeleton[.leftShoulder].x)
      #expect(skeleton[.face].y < skeleton[.neck].y && skeleton[.neck].y < skeleton[.belly].y)
    }
  }

  @Test("every joint stays inside the frame", arguments: FigureAction.allCases)
  func inside(action: FigureAction) {
    for seed in 0..<30 {
      var random = CounterRandom(seed: UInt64(seed), purpose: .test)
      // A flat wardrobe would do: what is tested is the motion.
      let figure = Figure(action: action, width: 64, height: 48, seconds: 1.44, &random)
      for frame in 0..<36 {
        for place in figure.skeleton(at: Double(frame) / 25).places {
          #expect((0...64.0 / 48).contains(place.x) && (0...1).contains(place.y), "\(place) \(seed)")
        }
      }
    }
  }

  @Test("each joint lies on the figure: its colour is not that of the empty scene")
  func onFigure() {
    var random = CounterRandom(seed: 5, purpose: .test)
    let scene = Scene(objects: 0, width: 160, height: 120, &random)
    let figure = Figure(action: .wave, width: 160, height: 120, seconds: 1, &random)
    var renderer = SceneRenderer(width: 160, height: 120)
    let empty = renderer.image(of: scene, at: 0.4)
    let full = renderer.image(of: figure, in: scene, at: 0.4)
    for joint in Joint.allCases {
      let place = figure.skeleton(at: 0.4)[joint] * 120
      let offset = (Int(place.y) * 160 + Int(place.x)) * 3
      #expect(empty.pixels[offset..<offset + 3] != full.pixels[offset..<offset + 3], "\(joint)")
    }
  }
}
