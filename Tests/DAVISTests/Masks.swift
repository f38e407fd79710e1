import Foundation
import Media
import TestFiles

@testable import DAVIS

/// Rows and columns `y0 ..< y1`, `x0 ..< x1` of a mask.
struct Square {
  var rows: Range<Int>
  var columns: Range<Int>
  var id: UInt8 = 1

  init(_ rows: Range<Int>, _ columns: Range<Int>, id: UInt8 = 1) {
    (self.rows, self.columns, self.id) = (rows, columns, id)
  }
}

/// A mask of squares; later ones lie over earlier ones.
func mask(_ height: Int, _ width: Int, _ squares: Square...) -> IndexedImage {
  var indices = [UInt8](repeating: 0, count: height * width)
  for square in squares {
    for row in square.rows { for column in square.columns { indices[row * width + column] = square.id } }
  }
  return IndexedImage(width: width, height: height, indices: indices)
}

/// A bit plane from text: one string a row, `#` is one.
func plane(_ rows: String...) -> BitPlane {
  let indices = rows.flatMap { $0.map { $0 == "#" ? UInt8(1) : 0 } }
  return BitPlane(
    MaskRuns(IndexedImage(width: rows[0].count, height: rows.count, indices: indices)), id: 1)
}

/// The rows of a bit plane as text.
func text(_ plane: BitPlane) -> [String] {
  (0..<plane.height).map { row in
    String((0..<plane.width).map { plane[row: row, column: $0] ? "#" : "." })
  }
}

/// A data set and results in a folder of their own: sequences `one` (object 1, 5 frames) and `two` (2 objects, 4 frames).
struct SmallSet {
  let folder: TemporaryFolder
  static let size = (height: 12, width: 20)

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Data("one\n  two \r\n\none\n".utf8), to: "truth/ImageSets/2017/val.txt")
    for (name, frames, objects) in [("one", 5, 1), ("two", 4, 2)] {
      for frame in 0..<frames {
        let stem = String(format: "%05d", frame)
        try folder.write(Data(), to: "truth/JPEGImages/480p/\(name)/\(stem).jpg")
        let picture =
          objects == 1
          ? mask(12, 20, Square(2..<8, 3..<9))
          : mask(12, 20, Square(2..<8, 3..<9), Square(6..<11, 10..<18, id: 2))
        try write(picture, "truth/Annotations/480p/\(name)/\(stem).png")
        try write(picture, "results/\(name)/\(stem).png")
      }
    }
  }

  func write(_ image: IndexedImage, _ name: String) throws {
    let url = folder.url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try IndexedPNG.write(image, to: url.path)
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: folder.path(name)) }

  func move(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(atPath: folder.path(name), toPath: folder.path(other))
  }

  var dataset: DAVISDataset {
    get throws { try DAVISDataset(root: folder.path("truth")) }
  }

  func scorer(decay: DecayRule = .official) throws -> DAVISScorer {
    DAVISScorer(dataset: try dataset, set: "val", results: folder.path("results"), decay: decay)
  }
}
