import ReferenceMethod
import Testing

/// Expects that `gradient` is the derivative of `loss` at `point`: along each axis (of large tensors, some axes), and along one
/// random direction.
func expectGradient(
  _ gradient: DoubleTensor, of loss: (DoubleTensor) -> Double, at point: DoubleTensor, tolerance: Double = 1e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(gradient.shape == point.shape, sourceLocation: sourceLocation)
  let step = 1e-5
  let scale = gradient.data.reduce(0) { max($0, abs($1)) }
  let stride = max(1, point.data.count / 40)
  for index in Swift.stride(from: 0, to: point.data.count, by: stride) {
    var (up, down) = (point, point)
    up.data[index] += step
    down.data[index] -= step
    let numeric = (loss(up) - loss(down)) / (2 * step)
    #expect(
      abs(numeric - gradient.data[index]) <= tolerance * max(scale, 1e-3), "element \(index)",
      sourceLocation: sourceLocation)
  }
  let direction = DoubleTensor.uniform(point.shape, seed: 4711)
  let numeric =
    (loss(point.moved(by: step, along: direction)) - loss(point.moved(by: -step, along: direction))) / (2 * step)
  let analytic = DoubleTensor.dot(gradient, direction)
  let size = DoubleTensor.dot(gradient, gradient).squareRoot()
  #expect(abs(numeric - analytic) <= tolerance * max(size, 1e-3), "a random direction", sourceLocation: sourceLocation)
}

/// A loss whose gradient is `weights`.
func product(_ tensor: DoubleTensor, _ weights: DoubleTensor) -> Double { DoubleTensor.dot(tensor, weights) }
