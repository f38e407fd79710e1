import Glibc

/// Attention of target cells to reference cells, and the copying of colours by it.
///
/// Features and colours are `[B, C, h, w]`; an attention map is `[B, slots, cells]`, zero in slots outside the frame.
public enum Attention {
  /// `map[b, s, p] = softmax over s of scale * dot(target[b, :, p], reference[b, :, neighbour(s, p)])`.
  public static func map(
    target: DoubleTensor, reference: DoubleTensor, window: AttentionWindow, scale: Double = 1
  ) -> DoubleTensor {
    let (batch, channels, cells) = extents(target, window)
    precondition(target.shape == reference.shape, "target \(target.shape), reference \(reference.shape)")
    let (t, r) = (target.channelsLast(), reference.channelsLast())
    var map = DoubleTensor([batch, window.slots, cells])
    map.data.withUnsafeMutableBufferPointer { map in
      withPointers(t, r, window) { t, r, table in
        for b in 0..<batch {
          for p in 0..<cells {
            let (row, base) = ((b * cells + p) * channels, b * window.slots * cells + p)
            var greatest = -Double.infinity
            window.forEachSlot(of: p, table) { slot, q in
              let column = (b * cells + q) * channels
              var score = 0.0
              for c in 0..<channels { score += t[row + c] * r[column + c] }
              map[base + slot * cells] = score * scale
              greatest = max(greatest, score * scale)
            }
            var sum = 0.0
            window.forEachSlot(of: p, table) { slot, _ in
              let weight = exp(map[base + slot * cells] - greatest)
              map[base + slot * cells] = weight
              sum += weight
            }
            window.forEachSlot(of: p, table) { slot, _ in map[base + slot * cells] /= sum }
          }
        }
      }
    }
    return map
  }

  /// Undoes `map = softmax(scale * dot(target, reference))`.
  public static func mapBackward(
    map: DoubleTensor, mapGradient: DoubleTensor, target: DoubleTensor, reference: DoubleTensor,
    window: AttentionWindow, scale: Double = 1
  ) -> (target: DoubleTensor, reference: DoubleTensor) {
    let (batch, channels, cells) = extents(target, window)
    let (t, r) = (target.channelsLast(), reference.channelsLast())
    var (dt, dr) = (DoubleTensor(t.shape), DoubleTensor(r.shape))
    dt.data.withUnsafeMutableBufferPointer { dt in
      dr.data.withUnsafeMutableBufferPointer { dr in
        withPointers(t, r, window) { t, r, table in
          withPointers(map, mapGradient, window) { map, gradient, _ in
            for b in 0..<batch {
              for p in 0..<cells {
                let (row, base) = ((b * cells + p) * channels, b * window.slots * cells + p)
                var mean = 0.0
                window.forEachSlot(of: p, table) { slot, _ in
                  mean += map[base + slot * cells] * gradient[base + slot * cells]
                }
                window.forEachSlot(of: p, table) { slot, q in
                  let column = (b * cells + q) * channels
                  let weight = map[base + slot * cells]
                  let score = scale * weight * (gradient[base + slot * cells] - mean)
                  for c in 0..<channels {
                    dt[row + c] += score * r[column + c]
                    dr[column + c] += score * t[row + c]
                  }
                }
              }
            }
          }
        }
      }
    }
    return (dt.channelsFirst(), dr.channelsFirst())
  }

  /// `copy[b, c, p] = sum over s of map[b, s, p] * colours[b, c, neighbour(s, p)]`.
  public static func copy(map: DoubleTensor, colours: DoubleTensor, window: AttentionWindow) -> DoubleTensor {
    let (batch, channels, cells) = extents(colours, window)
    let source = colours.channelsLast()
    var copy = DoubleTensor(source.shape)
    copy.data.withUnsafeMutableBufferPointer { copy in
      withPointers(map, source, window) { map, colours, table in
        for b in 0..<batch {
          for p in 0..<cells {
            let (row, base) = ((b * cells + p) * channels, b * window.slots * cells + p)
            window.forEachSlot(of: p, table) { slot, q in
              let (column, weight) = ((b * cells + q) * channels, map[base + slot * cells])
              for c in 0..<channels { copy[row + c] += weight * colours[column + c] }
            }
          }
        }
      }
    }
    return copy.channelsFirst()
  }

  /// Undoes `copy = sum over slots of map * colours`.
  public static func copyBackward(
    map: DoubleTensor, colours: DoubleTensor, copyGradient: DoubleTensor, window: AttentionWindow
  ) -> (map: DoubleTensor, colours: DoubleTensor) {
    let (batch, channels, cells) = extents(colours, window)
    let (source, gradient) = (colours.channelsLast(), copyGradient.channelsLast())
    var (mapGradient, colourGradient) = (DoubleTensor(map.shape), DoubleTensor(source.shape))
    mapGradient.data.withUnsafeMutableBufferPointer { mapGradient in
      colourGradient.data.withUnsafeMutableBufferPointer { colourGradient in
        withPointers(source, gradient, window) { colours, gradient, table in
          map.data.withUnsafeBufferPointer { map in
            for b in 0..<batch {
              for p in 0..<cells {
                let (row, base) = ((b * cells + p) * channels, b * window.slots * cells + p)
                window.forEachSlot(of: p, table) { slot, q in
                  let (column, weight) = ((b * cells + q) * channels, map[base + slot * cells])
                  var sum = 0.0
                  for c in 0..<channels {
                    sum += gradient[row + c] * colours[column + c]
                    colourGradient[column + c] += weight * gradient[row + c]
                  }
                  mapGradient[base + slot * cells] = sum
                }
              }
            }
          }
        }
      }
    }
    return (mapGradient, colourGradient.channelsFirst())
  }

  private static func extents(
    _ features: DoubleTensor, _ window: AttentionWindow
  ) -> (batch: Int, channels: Int, cells: Int) {
    let (batch, channels, height, width) = features.imageExtents
    precondition(
      height == window.height && width == window.width,
      "features \(features.shape) against a window for \(window.height) x \(window.width) cells")
    return (batch, channels, height * width)
  }

  @inline(__always)
  private static func withPointers(
    _ first: DoubleTensor, _ second: DoubleTensor, _ window: AttentionWindow,
    _ body: (UnsafeBufferPointer<Double>, UnsafeBufferPointer<Double>, UnsafeBufferPointer<Int>) -> Void
  ) {
    first.data.withUnsafeBufferPointer { first in
      second.data.withUnsafeBufferPointer { second in
        window.neighbours.withUnsafeBufferPointer { body(first, second, $0) }
      }
    }
  }
}
