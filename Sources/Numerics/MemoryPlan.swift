/// All memory of a training step or of an inference pass: reserved while the step is planned, reused by every step.
///
/// A layer asks for its activations and workspaces in its initialiser; running the step allocates nothing.
public final class MemoryPlan: @unchecked Sendable {
  private var blocks: [FloatBlock] = []
  private var byteBlocks: [UnsafeMutableRawBufferPointer] = []

  private let isDry: Bool
  private var dryBytes = 0

  /// An empty plan.
  ///
  /// - Parameter isDry: whether memory is only counted. What a dry plan hands out are addresses that nobody may touch: it
  ///   tells how much a step will take before it is taken.
  public init(isDry: Bool = false) { self.isDry = isDry }

  deinit {
    for block in byteBlocks { block.deallocate() }
  }

  /// Reserves `count` floats, zeroed, that live as long as the plan.
  public func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    if isDry { return dry(count, of: Float.self) }
    let block = FloatBlock(count: count)
    blocks.append(block)
    return block.pointer
  }

  /// Reserves `count` bytes, zeroed, that live as long as the plan.
  public func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if isDry { return dry(count, of: UInt8.self) }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: 0)
    byteBlocks.append(block)
    guard let base = block.baseAddress else { fatalError("out of memory: cannot allocate \(count) bytes") }
    return base.assumingMemoryBound(to: UInt8.self)
  }

  /// Reserves `count` doubles, zeroed, that live as long as the plan.
  public func doubles(_ count: Int) -> UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(floats(2 * count)).bindMemory(to: Double.self, capacity: count)
  }

  /// Bytes reserved so far.
  public var byteCount: Int {
    blocks.reduce(dryBytes) { $0 + $1.count * MemoryLayout<Float>.stride } + byteBlocks.reduce(0) { $0 + $1.count }
  }

  private func dry<Element>(_ count: Int, of type: Element.Type) -> UnsafeMutablePointer<Element> {
    dryBytes += count * MemoryLayout<Element>.stride
    guard let nowhere = UnsafeMutablePointer<Element>(bitPattern: 1 << 12) else {
      preconditionFailure("an address that is not 0 is no pointer")
    }
    return nowhere
  }
}
