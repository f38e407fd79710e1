/// A square picture that repeats without a seam: what an object or a background is covered with.
struct TextureTile {
  /// Texels a side, a power of two.
  let size: Int
  /// `size * size` colours, row by row.
  let texels: [Colour]

  /// Computes every texel.
  ///
  /// - Parameters:
  ///   - size: texels a side; a power of two.
  ///   - colour: the colour at a point of the unit square; must have period 1 in both directions.
  init(size: Int, colour: (Float, Float) -> Colour) {
    precondition(size > 0 && size & (size - 1) == 0, "a texture tile's size is a power of two, got \(size)")
    self.size = size
    var texels: [Colour] = []
    texels.reserveCapacity(size * size)
    for row in 0..<size {
      for column in 0..<size {
        texels.append(colour((Float(column) + 0.5) / Float(size), (Float(row) + 0.5) / Float(size)))
      }
    }
    self.texels = texels
  }

  /// The smallest permitted size with at least `texels` a side.
  static func size(holding texels: Double) -> Int {
    var size = 32
    while Double(size) < texels && size < 4096 {
      size *= 2
    }
    return size
  }

  /// Runs `body` with a reader of the texels that is valid only inside.
  func withSampler<Result>(_ body: (Sampler) -> Result) -> Result {
    texels.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a texture tile has at least one texel") }
      return body(Sampler(texels: base, size: size))
    }
  }

  /// Reads the tile between its texels.
  struct Sampler {
    fileprivate let texels: UnsafePointer<Colour>
    fileprivate let size: Int
    /// A multiple of the size that makes coordinates positive, so that truncation is rounding down.
    private let bias: Float

    fileprivate init(texels: UnsafePointer<Colour>, size: Int) {
      self.texels = texels
      self.size = size
      bias = Float(size * 16)
    }

    /// The colour at `(x, y)` in texels, bilinear, wrapped around; both within 16 tiles of the origin.
    @inline(__always)
    func colour(_ x: Float, _ y: Float) -> Colour {
      let u = x + bias
      let v = y + bias
      let column = Int(u)
      let row = Int(v)
      let blendX = u - Float(column)
      let blendY = v - Float(row)
      let mask = size - 1
      let left = column & mask
      let right = (column &+ 1) & mask
      let upper = texels + (row & mask) &* size
      let lower = texels + ((row &+ 1) & mask) &* size
      let top = upper[left] + (upper[right] - upper[left]) * blendX
      let bottom = lower[left] + (lower[right] - lower[left]) * blendX
      return top + (bottom - top) * blendY
    }
  }
}
