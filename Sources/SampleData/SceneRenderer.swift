import Foundation
import Media

/// Draws the frames of scenes on one canvas that is used again and again.
struct SceneRenderer {
  private(set) var canvas: Canvas

  init(width: Int, height: Int) {
    canvas = Canvas(width: width, height: height)
  }

  /// The frame `seconds` after the start; the object ids are in `canvas.ids` until the next frame.
  mutating func image(of scene: Scene, at seconds: Double) -> RGBImage {
    drawBackground(scene.background, pose: scene.camera.pose(at: seconds))
    for (index, object) in scene.objects.enumerated() {
      draw(object, id: UInt8(index + 1), at: seconds)
    }
    return canvas.image(gain: scene.lighting.gain(at: seconds))
  }

  /// A figure in front of a scene.
  mutating func image(of figure: Figure, in scene: Scene, at seconds: Double) -> RGBImage {
    drawBackground(scene.background, pose: scene.camera.pose(at: seconds))
    let skeleton = figure.skeleton(at: seconds)
    canvas.drawContactShadow(
      under: SIMD2(skeleton.pelvis.x, figure.ground), halfWidth: figure.size * 0.24)
    for limb in figure.limbs(skeleton) {
      canvas.draw(limb)
    }
    return canvas.image(gain: scene.lighting.gain(at: seconds))
  }

  /// Covers the whole canvas. `pose` is the camera's: the background's point under the middle of the frame.
  mutating func drawBackground(_ tile: TextureTile, pose: Pose) {
    let width = canvas.width
    let height = canvas.height
    let texels = Double(tile.size) / Scene.backgroundExtent
    let step = texels * pose.scale / Double(height)
    let along = SIMD2(Float(cos(pose.angle) * step), Float(sin(pose.angle) * step))
    // Taken modulo the tile in double precision: a long pan must not eat the bits of the fraction.
    let origin = SIMD2(
      Float((pose.x * texels).truncatingRemainder(dividingBy: Double(tile.size))),
      Float((pose.y * texels).truncatingRemainder(dividingBy: Double(tile.size))))
    tile.withSampler { sampler in
      canvas.fill { row, pixels in
        let down = Float(row) - Float(height) / 2 + 0.5
        var x = origin.x - along.y * down + along.x * (0.5 - Float(width) / 2)
        var y = origin.y + along.x * down + along.y * (0.5 - Float(width) / 2)
        for column in 0..<width {
          pixels[column] = sampler.colour(x, y)
          x += along.x
          y += along.y
        }
      }
    }
  }

  private mutating func draw(_ object: SceneObject, id: UInt8, at seconds: Double) {
    let pose = object.motion.pose(at: seconds)
    let table = object.outline.table(at: seconds)
    let radius = object.radius * pose.scale
    table.withReader { radii in
      drawShadow(pose: pose, radius: radius, reach: Double(table.reach), radii: radii)
      drawSurface(object, id: id, pose: pose, radius: radius, reach: Double(table.reach), radii: radii)
    }
  }

  /// A soft dark copy, below and to the right: it says which of two objects is in front.
  private mutating func drawShadow(pose: Pose, radius: Double, reach: Double, radii: RadiusTable.Reader) {
    let frame = LocalFrame(x: pose.x + 0.018, y: pose.y + 0.028, angle: pose.angle, scale: radius)
    let softness = Float(0.035 / radius)
    let bounds = canvas.bounds(x: pose.x + 0.018, y: pose.y + 0.028, reach: reach * radius + 0.04)
    canvas.darken(bounds) { x, y in
      let local = frame.local(x, y)
      let distance = (local.x * local.x + local.y * local.y).squareRoot() - radii.entry(local.x, local.y).x
      let depth = max(0, min(1, 0.5 - distance / softness))
      return 1 - 0.42 * depth * depth
    }
  }

  private mutating func drawSurface(
    _ object: SceneObject, id: UInt8, pose: Pose, radius: Double, reach: Double, radii: RadiusTable.Reader
  ) {
    let frame = LocalFrame(x: pose.x, y: pose.y, angle: pose.angle, scale: radius)
    let pixels = Float(radius) * Float(canvas.height)
    let texels = Float(object.radius * Double(object.texture.size) / Scene.objectExtent)
    // The light stays above and to the left while the object turns.
    let light = frame.direction(-0.5, -0.8)
    object.texture.withSampler { sampler in
      canvas.draw(canvas.bounds(x: pose.x, y: pose.y, reach: reach * radius), id: id) { x, y in
        let local = frame.local(x, y)
        let entry = radii.entry(local.x, local.y)
        let distance = (local.x * local.x + local.y * local.y).squareRoot()
        // The surface stretches with the outline, as skin does.
        let stretch = texels * entry.y
        var colour = sampler.colour(local.x * stretch, local.y * stretch)
        let rim = min(1, distance / entry.x)
        let slope = (local.x * light.x + local.y * light.y) / entry.x
        colour *= 1.04 - 0.34 * rim * rim * rim + 0.20 * slope
        colour.w = (distance - entry.x) * pixels
        return colour
      }
    }
  }
}

/// Turns points of the frame into an object's own coordinates: centre 0, unturned, outline near radius 1.
struct LocalFrame {
  private let x: Float
  private let y: Float
  private let cosine: Float
  private let sine: Float
  private let scale: Float

  init(x: Double, y: Double, angle: Double, scale: Double) {
    self.x = Float(x)
    self.y = Float(y)
    cosine = Float(cos(angle))
    sine = Float(sin(angle))
    self.scale = 1 / Float(scale)
  }

  /// The point `(x, y)` of the frame in the object's coordinates.
  @inline(__always)
  func local(_ x: Float, _ y: Float) -> SIMD2<Float> {
    let turned = direction(x - self.x, y - self.y)
    return turned * scale
  }

  /// A direction of the frame as the object sees it.
  @inline(__always)
  func direction(_ x: Float, _ y: Float) -> SIMD2<Float> {
    SIMD2(cosine * x + sine * y, cosine * y - sine * x)
  }
}
