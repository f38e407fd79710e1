/// What a dataset's folder holds: the result of a scan, in the order of the paths.
public struct Catalogue: Sendable, Hashable, Codable {
  /// Absolute path of the folder.
  public var root: String
  /// Videos and folders of frames, rejected ones included, sorted by the bytes of their paths.
  public var items: [CatalogueItem]
  /// Other files, by path relative to the root, sorted: annotations, sound, symbolic links out of the folder.
  public var ignoredFiles: [String]

  /// A catalogue of items in the order in which clips are numbered.
  public init(root: String, items: [CatalogueItem], ignoredFiles: [String] = []) {
    self.root = root
    self.items = items
    self.ignoredFiles = ignoredFiles
  }

  /// Absolute path of an item.
  public func path(of item: CatalogueItem) -> String {
    item.relativePath == "." ? root : root + "/" + item.relativePath
  }

  /// Sixteen hexadecimal digits that differ when the items differ in path, size, length or usability: clips are numbered
  /// alike in catalogues of equal fingerprint. Where the folder lies and when its files changed does not matter.
  public var fingerprint: String {
    var hash = StableHash()
    for item in items {
      hash.combine(item.relativePath)
      hash.combine(UInt64(bitPattern: item.sizeBytes))
      hash.combine(UInt64(bitPattern: Int64(item.frameCount ?? -1)))
      hash.combine((item.durationSeconds ?? -1).bitPattern)
      hash.combine(item.rejection?.reason.rawValue ?? "")
    }
    return hash.hexadecimal
  }
}

/// FNV-1a with 64 bits (Fowler, Noll and Vo): the same in every process and on every machine. Not for security.
private struct StableHash {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func combine(_ text: String) {
    combine(UInt64(text.utf8.count))
    for byte in text.utf8 { combine(byte: byte) }
  }

  mutating func combine(_ value: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { combine(byte: UInt8(truncatingIfNeeded: value >> shift)) }
  }

  private mutating func combine(byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

  var hexadecimal: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
