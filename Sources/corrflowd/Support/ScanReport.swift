import Datasets

/// What a scan found, for people and programs.
struct ScanReport: Encodable {
  /// One video or folder of frames.
  struct Item: Encodable {
    var path: String
    var kind: String
    var codec: String?
    var container: String?
    var width: Int?
    var height: Int?
    var rotationDegrees: Int?
    var durationSeconds: Double?
    var frames: Int?
    var sizeBytes: Int64
    var clips: Int
    var rejection: Rejection?

    enum CodingKeys: String, CodingKey {
      case path, kind, codec, container, width, height, frames, clips, rejection
      case rotationDegrees = "rotation_degrees"
      case durationSeconds = "duration_seconds"
      case sizeBytes = "size_bytes"
    }

    init(_ item: CatalogueItem, clips: Int) {
      path = item.relativePath
      kind = item.kind.rawValue
      codec = item.codec
      container = item.container
      width = item.width
      height = item.height
      rotationDegrees = item.rotationDegrees
      durationSeconds = item.durationSeconds
      frames = item.frameCount
      sizeBytes = item.sizeBytes
      self.clips = clips
      rejection = item.rejection
    }
  }

  var root: String
  var fingerprint: String
  var items: [Item]
  var usable: Int
  var rejected: Int
  var clips: Int
  var ignoredFiles: [String]

  enum CodingKeys: String, CodingKey {
    case root, fingerprint, items, usable, rejected, clips
    case ignoredFiles = "ignored_files"
  }

  init(catalogue: Catalogue, timing: ClipTiming) {
    root = catalogue.root
    fingerprint = catalogue.fingerprint
    items = catalogue.items.map { Item($0, clips: $0.isUsable ? timing.clipCount(of: $0) : 0) }
    usable = catalogue.items.count(where: \.isUsable)
    rejected = catalogue.items.count - usable
    clips = items.reduce(0) { $0 + $1.clips }
    ignoredFiles = catalogue.ignoredFiles
  }

  /// A line a file, and a line of totals.
  var table: String {
    let rows = [["file", "codec", "size", "seconds", "frames", "clips"]] + items.map(Self.cells)
    let widths = (0..<6).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = zip(rows, [nil] + items.map(Optional.some)).map { cells, item in
      let line = zip(cells, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }.joined(separator: "  ")
      guard let rejection = item?.rejection else { return line.trimmingSuffix(" ") }
      return "\(line)  rejected (\(rejection.reason.rawValue)): \(rejection.detail)"
    }
    let total = "\(usable) usable with \(clips) clips, \(rejected) rejected, \(ignoredFiles.count) other files ignored"
    return (lines + [total]).joined(separator: "\n")
  }

  private static func cells(of item: Item) -> [String] {
    var size = "-"
    if let width = item.width, let height = item.height { size = "\(width)x\(height)" }
    if let rotation = item.rotationDegrees, rotation != 0 { size += " turned \(rotation)" }
    return [
      item.path, item.codec ?? "-", size, item.durationSeconds.map { ProgressLine.decimal($0, digits: 2) } ?? "-",
      item.frames.map(String.init) ?? "-", "\(item.clips)",
    ]
  }
}

extension String {
  /// The string without the `character`s at its end.
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self[...]
    while text.last == character { text.removeLast() }
    return String(text)
  }
}
