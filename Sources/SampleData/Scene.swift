import Primitives

/// A textured thing that moves.
struct SceneObject {
  let outline: Outline
  let texture: TextureTile
  let motion: Motion
  /// Radius at scale 1, in frame heights.
  let radius: Double
}

/// A procedural scene: everything that determines every frame of a clip, and so a pure function of its random stream.
struct Scene {
  /// Background heights that one tile covers.
  static let backgroundExtent = 2.0
  /// Frame heights that one object tile covers.
  static let objectExtent = 0.5

  let background: TextureTile
  let camera: CameraMotion
  let lighting: Lighting
  /// From back to front; the object at index `i` has id `i + 1`.
  let objects: [SceneObject]
}

extension Scene {
  /// A scene drawn by lot.
  ///
  /// - Parameters:
  ///   - objects: how many, at most 255.
  ///   - width: pixels a row of the frames it will be drawn in.
  ///   - height: their rows.
  init(objects count: Int, width: Int, height: Int, _ random: inout CounterRandom) {
    let aspect = Double(width) / Double(height)
    background = Self.background(height: height, &random)
    camera = CameraMotion(speed: 0.10, &random)
    lighting = Lighting(&random)
    let firstShape = random.integer(below: Outline.Shape.allCases.count)
    let firstTexture = random.integer(below: TextureRecipe.allCases.count)
    let homes = Motion.homes(count, &random)
    var objects: [SceneObject] = []
    for (index, home) in homes.enumerated() {
      // Neighbours in the list differ in shape and surface; the second step is 2 so that pairs vary between scenes.
      let shape = Outline.Shape.allCases[(firstShape + index) % Outline.Shape.allCases.count]
      let recipe = TextureRecipe.allCases[(firstTexture + 2 * index) % TextureRecipe.allCases.count]
      let palette = Palette.vivid(&random)
      let grain = 3 + random.integer(below: 3)
      objects.append(
        SceneObject(
          outline: Outline(shape: shape, wobble: random.uniform(in: 0.06...0.24), &random),
          texture: recipe.tile(
            size: TextureTile.size(holding: Double(height) * Self.objectExtent), palette: palette, grain: grain, &random
          ),
          motion: Motion(aspect: aspect, home: home, &random), radius: random.uniform(in: 0.13...0.22)))
    }
    self.objects = objects
  }

  /// A background tile for frames of the given height.
  static func background(height: Int, _ random: inout CounterRandom) -> TextureTile {
    // No checks: where all squares look alike there is no right correspondence.
    let recipes: [TextureRecipe] = [.marble, .mosaic, .spots]
    let recipe = recipes[random.integer(below: recipes.count)]
    let grain = 6 + random.integer(below: 6)
    let palette = Palette.muted(&random)
    return recipe.tile(
      size: TextureTile.size(holding: Double(height) * backgroundExtent), palette: palette, grain: grain, &random)
  }
}
