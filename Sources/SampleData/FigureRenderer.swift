/// One part of a body: the hull of two discs, covered with a texture that moves with it.
struct Limb {
  var from: SIMD2<Double>
  var to: SIMD2<Double>
  /// Radius at `from`, in frame heights.
  var startRadius: Double
  /// Radius at `to`.
  var endRadius: Double
  var texture: TextureTile
  /// Which part of the texture lies on this limb, in frame heights.
  var offset: Double
  /// A factor on its brightness; less than 1 for what is behind.
  var light: Float = 1
}

extension Figure {
  /// The parts of the body from back to front.
  func limbs(_ skeleton: Skeleton) -> [Limb] {
    var limbs: [Limb] = []
    func add(
      _ from: SIMD2<Double>, _ to: SIMD2<Double>, _ radii: (Double, Double), _ texture: TextureTile, light: Float = 1
    ) {
      limbs.append(
        Limb(
          from: from, to: to, startRadius: radii.0 * size, endRadius: radii.1 * size, texture: texture,
          offset: Double(limbs.count) * 0.173, light: light))
    }
    func leg(_ hip: Joint, _ knee: Joint, _ ankle: Joint, light: Float) {
      // Walkers go to the right; the others stand with their feet apart.
      let outward = action == .walk ? 0.045 : (hip == .leftHip ? 0.025 : -0.025)
      let foot = skeleton[ankle] + SIMD2(outward, 0.022) * size
      add(skeleton[ankle], foot, (0.026, 0.024), wardrobe.shoes, light: light)
      add(skeleton[knee], skeleton[ankle], (0.040, 0.026), wardrobe.trousers, light: light)
      add(skeleton[hip], skeleton[knee], (0.056, 0.042), wardrobe.trousers, light: light)
    }
    func arm(_ shoulder: Joint, _ elbow: Joint, _ wrist: Joint, light: Float) {
      let hand = skeleton[wrist] + (skeleton[wrist] - skeleton[elbow]) * 0.22
      add(skeleton[wrist], hand, (0.022, 0.024), wardrobe.skin, light: light)
      add(skeleton[elbow], skeleton[wrist], (0.027, 0.021), wardrobe.skin, light: light)
      add(skeleton[shoulder], skeleton[elbow], (0.038, 0.030), wardrobe.shirt, light: light)
    }
    leg(.leftHip, .leftKnee, .leftAnkle, light: 0.82)
    if action == .walk {
      arm(.leftShoulder, .leftElbow, .leftWrist, light: 0.82)
    }
    leg(.rightHip, .rightKnee, .rightAnkle, light: 1)
    add(skeleton[.neck], skeleton[.face], (0.030, 0.030), wardrobe.skin, light: 0.88)
    add(skeleton[.rightShoulder], skeleton[.leftShoulder], (0.040, 0.040), wardrobe.shirt, light: 0.95)
    let chest = skeleton[.neck] + (skeleton.pelvis - skeleton[.neck]) * 0.30
    add(chest, skeleton.pelvis - (skeleton.pelvis - skeleton[.neck]) * 0.06, (0.092, 0.078), wardrobe.shirt)
    let crown = skeleton[.face] + (skeleton[.face] - skeleton[.neck]) * 0.32
    add(crown, skeleton[.face] + SIMD2(0, -0.012) * size, (0.056, 0.062), wardrobe.hair)
    add(
      skeleton[.face] + SIMD2(0, -0.004) * size, skeleton[.face] + SIMD2(0, 0.022) * size, (0.052, 0.042), wardrobe.skin
    )
    for side in [-0.019, 0.019] {
      let eye = skeleton[.face] + SIMD2(side, -0.002) * size
      add(eye, eye + SIMD2(0, 0.006) * size, (0.008, 0.008), wardrobe.hair)
    }
    arm(.rightShoulder, .rightElbow, .rightWrist, light: 1)
    if action != .walk {
      arm(.leftShoulder, .leftElbow, .leftWrist, light: 1)
    }
    return limbs
  }
}

extension Canvas {
  /// Draws one limb with the shading of a cylinder.
  mutating func draw(_ limb: Limb) {
    let from = SIMD2<Float>(limb.from)
    let axis = SIMD2<Float>(limb.to) - from
    let lengthSquared = max(axis.x * axis.x + axis.y * axis.y, 1e-8)
    let length = lengthSquared.squareRoot()
    let startRadius = Float(limb.startRadius)
    let growth = Float(limb.endRadius) - startRadius
    let texels = Float(limb.texture.size) / Float(Scene.objectExtent)
    let offset = Float(limb.offset)
    let light = limb.light
    let pixels = Float(height)
    let middle = (limb.from + limb.to) / 2
    let reach = Double(length) / 2 + max(limb.startRadius, limb.endRadius)
    let area = bounds(x: middle.x, y: middle.y, reach: reach)
    limb.texture.withSampler { sampler in
      draw(area, id: nil) { x, y in
        let offsetX = x - from.x
        let offsetY = y - from.y
        let along = (offsetX * axis.x + offsetY * axis.y) / lengthSquared
        let clamped = max(0, min(1, along))
        let acrossX = offsetX - axis.x * clamped
        let acrossY = offsetY - axis.y * clamped
        let distance = (acrossX * acrossX + acrossY * acrossY).squareRoot()
        let radius = startRadius + growth * clamped
        let across = (offsetY * axis.x - offsetX * axis.y) / length
        var colour = sampler.colour((across + offset) * texels, (along * length + offset) * texels)
        let bulge = min(1, distance / radius)
        colour *= light * (1.05 - 0.38 * bulge * bulge - 0.10 * across / radius)
        colour.w = (distance - radius) * pixels
        return colour
      }
    }
  }

  /// A soft dark ellipse on the ground.
  mutating func drawContactShadow(under place: SIMD2<Double>, halfWidth: Double) {
    let middle = SIMD2<Float>(place)
    let scale = 1 / Float(halfWidth)
    darken(bounds(x: place.x, y: place.y, reach: halfWidth)) { x, y in
      let across = (x - middle.x) * scale
      let down = (y - middle.y) * scale * 3.5
      let depth = max(0, 1 - across * across - down * down)
      return 1 - 0.5 * depth
    }
  }
}
