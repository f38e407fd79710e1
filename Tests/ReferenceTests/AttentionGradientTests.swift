import ReferenceMethod
import Testing

@Suite("Backward functions of the reference's attention agree with finite differences of")
struct AttentionGradientTests {
  static let windows: [AttentionWindow] = [
    .restricted(height: 3, width: 5, radius: 1), .restricted(height: 4, width: 3, radius: 6),
    .full(height: 3, width: 4),
  ]

  @Test("the map, with and without scaling", arguments: windows.indices, [1, 0.125])
  func map(window index: Int, scale: Double) {
    let window = Self.windows[index]
    let shape = [2, 6, window.height, window.width]
    let (target, reference) = (DoubleTensor.uniform(shape, seed: 1), DoubleTensor.uniform(shape, seed: 2))
    let map = Attention.map(target: target, reference: reference, window: window, scale: scale)
    let mapGradient = DoubleTensor.uniform(map.shape, seed: 3)
    let gradients = Attention.mapBackward(
      map: map, mapGradient: mapGradient, target: target, reference: reference, window: window, scale: scale)
    expectGradient(
      gradients.target,
      of: { product(Attention.map(target: $0, reference: reference, window: window, scale: scale), mapGradient) },
      at: target)
    expectGradient(
      gradients.reference,
      of: { product(Attention.map(target: target, reference: $0, window: window, scale: scale), mapGradient) },
      at: reference)
  }

  @Test("the copy", arguments: windows.indices)
  func copy(window index: Int) {
    let window = Self.windows[index]
    let features = DoubleTensor.uniform([2, 4, window.height, window.width], seed: 1)
    let map = Attention.map(target: features, reference: features, window: window)
    let colours = DoubleTensor.uniform([2, 5, window.height, window.width], seed: 2)
    let copyGradient = DoubleTensor.uniform(colours.shape, seed: 3)
    let gradients = Attention.copyBackward(map: map, colours: colours, copyGradient: copyGradient, window: window)
    expectGradient(
      gradients.colours, of: { product(Attention.copy(map: map, colours: $0, window: window), copyGradient) },
      at: colours)
    // Slots outside the frame have no gradient: whatever weight they had, they would copy nothing.
    expectGradient(
      gradients.map, of: { product(Attention.copy(map: $0, colours: colours, window: window), copyGradient) }, at: map)
  }

  @Test("Weights of every cell sum to one, and none lies outside the frame", arguments: windows.indices)
  func weights(window index: Int) {
    let window = Self.windows[index]
    let features = DoubleTensor.uniform([1, 4, window.height, window.width], seed: 1)
    let map = Attention.map(target: features, reference: features, window: window)
    for cell in 0..<window.cells {
      let column = (0..<window.slots).map { map.data[$0 * window.cells + cell] }
      #expect(abs(column.reduce(0, +) - 1) < 1e-12)
      for slot in 0..<window.slots where window.neighbours[slot * window.cells + cell] < 0 {
        #expect(column[slot] == 0)
      }
    }
  }

  @Test("A window that reaches everywhere copies what full attention copies")
  func restrictedEqualsFull() {
    let features = DoubleTensor.uniform([1, 4, 5, 6], seed: 1)
    let colours = DoubleTensor.uniform([1, 3, 5, 6], seed: 2)
    let copies = [AttentionWindow.restricted(height: 5, width: 6, radius: 6), .full(height: 5, width: 6)].map {
      window in
      Attention.copy(
        map: Attention.map(target: features, reference: features, window: window), colours: colours, window: window)
    }
    #expect(TensorDistance.relativeL2(copies[0], copies[1]) < 1e-14)
  }
}
