import Foundation
import Primitives
import Testing

@testable import SampleData

@Suite("Drawing")
struct DrawingTests {
  @Test("a tile repeats without a seam, also far from the origin")
  func tileRepeats() {
    var random = CounterRandom(seed: 1, purpose: .test)
    let tile = TextureRecipe.mosaic.tile(size: 32, palette: .vivid(&random), grain: 3, &random)
    tile.withSampler { sampler in
      for _ in 0..<50 {
        let x = Float(random.uniform(in: 0...32))
        let y = Float(random.uniform(in: 0...32))
        let difference = sampler.colour(x, y) - sampler.colour(x - 96, y + 64)
        #expect((difference * difference).sum() < 1e-6)
      }
    }
  }

  @Test("every kind of surface fills its tile with colours that vary", arguments: TextureRecipe.allCases)
  func surfaces(recipe: TextureRecipe) {
    var random = CounterRandom(seed: 3, purpose: .test)
    let tile = recipe.tile(size: 64, palette: .vivid(&random), grain: 4, &random)
    let mean = tile.texels.reduce(Colour.zero, +) / Float(tile.texels.count)
    let variance = tile.texels.reduce(Float(0)) { $0 + (($1 - mean) * ($1 - mean)).sum() } / Float(tile.texels.count)
    #expect(variance > 0.01)
    #expect(tile.texels.allSatisfy { $0.min() >= -0.01 && $0.max() < 1.6 })
  }

  @Test("the table of radii is the function it was made of, in every direction")
  func radiusTable() {
    let table = RadiusTable { SIMD2(Float(1 + 0.2 * sin(3 * $0)), 1) }
    table.withReader { reader in
      for step in 0..<200 {
        let angle = Double(step) * 0.0314
        let found = reader.entry(Float(2 * cos(angle)), Float(2 * sin(angle))).x
        #expect(abs(found - Float(1 + 0.2 * sin(3 * angle))) < 2e-4)
      }
    }
  }

  @Test("a mask covers just the pixels that show the object")
  func maskIsExact() {
    var random = CounterRandom(seed: 8, purpose: .test)
    let white = TextureTile(size: 32) { _, _ in .grey(1) }
    let black = TextureTile(size: 32) { _, _ in .grey(0) }
    for shape in Outline.Shape.allCases {
      let object = SceneObject(
        outline: Outline(shape: shape, wobble: 0.2, &random), texture: white,
        motion: Motion(aspect: 1.5, home: .zero, &random), radius: 0.3)
      let scene = Scene(
        background: black, camera: CameraMotion(speed: 0.1, &random), lighting: Lighting(&random), objects: [object])
      var renderer = SceneRenderer(width: 96, height: 64)
      let image = renderer.image(of: scene, at: 1.3)
      for place in 0..<96 * 64 {
        // At least half covered is at least half as bright as the darkest part of the object, its rim.
        let bright = image.pixels[place * 3 + 1] >= 60
        let inside = renderer.canvas.ids[place] == 1
        #expect(bright == inside || (30...130).contains(image.pixels[place * 3 + 1]))
      }
      #expect(renderer.canvas.ids.contains(1))
    }
  }

  @Test("what is in front hides what is behind, in the picture and in the mask")
  func occlusion() {
    var random = CounterRandom(seed: 8, purpose: .test)
    let tiles = [Colour(1, 0, 0, 0), Colour(0, 0, 1, 0)].map { colour in TextureTile(size: 32) { _, _ in colour } }
    let motion = Motion(aspect: 1, home: .zero, &random)
    let objects = zip(tiles, [0.3, 0.15]).map { texture, radius in
      SceneObject(outline: Outline(shape: .disc, wobble: 0, &random), texture: texture, motion: motion, radius: radius)
    }
    let scene = Scene(
      background: TextureTile(size: 32) { _, _ in .grey(0) }, camera: CameraMotion(speed: 0, &random),
      lighting: Lighting(&random), objects: objects)
    var renderer = SceneRenderer(width: 64, height: 64)
    let image = renderer.image(of: scene, at: 0)
    let pose = motion.pose(at: 0)
    let middle = Int(pose.y * 64) * 64 + Int(pose.x * 64)
    #expect(renderer.canvas.ids[middle] == 2)
    #expect(image.pixels[middle * 3 + 2] > 150 && image.pixels[middle * 3] < 10)
    #expect(Set(renderer.canvas.ids) == [0, 1, 2])
  }

  @Test("between two frames at 6 a second nothing moves farther than the network searches")
  func speed() {
    for seed in 0..<200 {
      var random = CounterRandom(seed: UInt64(seed), purpose: .test)
      let motion = Motion(aspect: 4.0 / 3, home: SIMD2(0.2, -0.3), &random)
      for sample in 0..<30 {
        let before = motion.pose(at: Double(sample) / 6)
        let after = motion.pose(at: Double(sample + 1) / 6)
        // 6 cells of 4 pixels in 256; the frame is squeezed to a square, which makes sideways steps shorter.
        #expect(abs(after.x - before.x) * 256 * 3 / 4 < 24 && abs(after.y - before.y) * 256 < 24)
      }
    }
  }

  @Test("the same random stream gives the same picture, another one another")
  func deterministic() {
    func image(_ seed: UInt64) -> [UInt8] {
      var random = CounterRandom(seed: seed, purpose: .test)
      let scene = Scene(objects: 3, width: 64, height: 48, &random)
      var renderer = SceneRenderer(width: 64, height: 48)
      return renderer.image(of: scene, at: 0.7).pixels
    }
    #expect(image(1) == image(1))
    #expect(image(1) != image(2))
  }
}
