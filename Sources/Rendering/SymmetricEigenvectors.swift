/// Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations.
///
/// Source: C. G. J. Jacobi, "Über ein leichtes Verfahren" (1846); each rotation makes one pair of entries beside the
/// diagonal zero, and sweeps over all pairs converge quadratically.
struct SymmetricEigenvectors {
  /// Largest first.
  let values: [Double]
  /// `vectors[k]` belongs to `values[k]`: of length 1, its entry of largest magnitude positive (of equal ones the first).
  let vectors: [[Double]]

  /// - Parameter matrix: `[size, size]`, symmetric, all finite.
  init(_ matrix: [Double], size: Int) {
    precondition(
      matrix.count == size * size, "a matrix of \(size)x\(size) has \(size * size) entries, got \(matrix.count)")
    var rotation = JacobiRotation(matrix: matrix, size: size)
    let scale = matrix.reduce(0) { $0 + $1 * $1 }
    for _ in 0..<Self.maximumSweeps where rotation.squaresBesideDiagonal > 1e-30 * scale { rotation.sweep() }
    let diagonal = (0..<size).map { rotation.matrix[$0 * size + $0] }
    // Of equal eigenvalues the first column of the rotations comes first, so that results do not depend on the sort.
    let order = (0..<size).sorted { (diagonal[$1], $0) < (diagonal[$0], $1) }
    values = order.map { diagonal[$0] }
    vectors = order.map { column in Self.signed((0..<size).map { rotation.vectors[$0 * size + column] }) }
  }

  /// Ten sweeps are plenty for 64 x 64; more are never needed.
  private static let maximumSweeps = 40

  /// An eigenvector and its negative are both right: this picks one. Entries whose magnitudes differ by rounding alone count
  /// as equal, and the first of them decides.
  private static func signed(_ vector: [Double]) -> [Double] {
    let largest = vector.reduce(0) { max($0, abs($1)) }
    let deciding = vector.first { abs($0) >= largest * (1 - 1e-9) } ?? 0
    return deciding < 0 ? vector.map { -$0 } : vector
  }
}

/// A matrix on its way to a diagonal one, and the product of the rotations so far.
private struct JacobiRotation {
  var matrix: [Double]
  var vectors: [Double]
  let size: Int

  init(matrix: [Double], size: Int) {
    self.matrix = matrix
    self.size = size
    vectors = (0..<size * size).map { $0 / size == $0 % size ? 1 : 0 }
  }

  var squaresBesideDiagonal: Double {
    matrix.indices.reduce(0) { $1 / size == $1 % size ? $0 : $0 + matrix[$1] * matrix[$1] }
  }

  mutating func sweep() {
    for p in 0..<size {
      for q in p + 1..<max(p + 1, size) { rotate(p, q) }
    }
  }

  /// Turns the plane of two axes so that the entry (p, q) becomes 0.
  private mutating func rotate(_ p: Int, _ q: Int) {
    let beside = matrix[p * size + q]
    guard beside != 0 else { return }
    let theta = (matrix[q * size + q] - matrix[p * size + p]) / (2 * beside)
    let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let cosine = 1 / (tangent * tangent + 1).squareRoot()
    let sine = tangent * cosine
    func turned(_ first: Double, _ second: Double) -> (Double, Double) {
      (cosine * first - sine * second, sine * first + cosine * second)
    }
    for k in 0..<size {
      (matrix[k * size + p], matrix[k * size + q]) = turned(matrix[k * size + p], matrix[k * size + q])
    }
    for k in 0..<size {
      (matrix[p * size + k], matrix[q * size + k]) = turned(matrix[p * size + k], matrix[q * size + k])
      (vectors[k * size + p], vectors[k * size + q]) = turned(vectors[k * size + p], vectors[k * size + q])
    }
  }
}
