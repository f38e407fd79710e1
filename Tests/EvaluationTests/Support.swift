import Evaluation
import Foundation
import Media
import Networks
import Primitives
import TestFiles

/// A picture with structure that moves with `frame`.
func picture(_ width: Int, _ height: Int, frame: Int = 0) -> RGBImage {
  let pixels = (0..<height).flatMap { y in
    (0..<width).flatMap { x -> [UInt8] in
      let isSpot = abs(x - width / 3 - frame) < 5 && abs(y - height / 2) < 5
      return isSpot ? [240, 40, 30] : [UInt8((x * 3 + y) % 200), UInt8(y * 200 / height), UInt8((x ^ y) & 63)]
    }
  }
  return RGBImage(width: width, height: height, pixels: pixels)
}

/// Rows and columns of a mask that an object covers.
struct Box {
  var id: UInt8
  var columns: Range<Int>
  var rows: Range<Int>

  init(_ id: UInt8, _ columns: Range<Int>, _ rows: Range<Int>) {
    (self.id, self.columns, self.rows) = (id, columns, rows)
  }
}

/// A mask of boxes; later ones lie over earlier ones.
func mask(_ width: Int, _ height: Int, _ boxes: Box...) -> IndexedImage {
  var indices = [UInt8](repeating: 0, count: width * height)
  for box in boxes {
    for row in box.rows { for column in box.columns { indices[row * width + column] = box.id } }
  }
  return IndexedImage(width: width, height: height, indices: indices)
}

/// The error that `body` throws, as text; nil when it throws none.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}

/// A monitor that keeps what it is told, and ends the work after some frames.
final class Listener: Sendable {
  private let reports = Lock<[WorkProgress]>([])
  private let limit: Int

  /// - Parameter limit: frames after which the work should end.
  init(limit: Int = .max) { self.limit = limit }

  var heard: [WorkProgress] { reports.withLock { $0 } }

  var monitor: WorkMonitor {
    WorkMonitor(
      report: { report in self.reports.withLock { $0.append(report) } },
      isCancelled: { self.reports.withLock { $0.count >= self.limit } })
  }
}

extension EncoderWeights {
  /// An untrained network.
  static var untrained: EncoderWeights {
    let weights = EncoderWeights()
    weights.initialise(seed: 7)
    return weights
  }
}

extension TemporaryFolder {
  /// A path below the folder; the folders on the way are made.
  func place(_ name: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    return file.path
  }

  @discardableResult
  func write(_ mask: IndexedImage, to name: String) throws -> String {
    let path = try place(name)
    try IndexedPNG.write(mask, to: path)
    return path
  }

  @discardableResult
  func write(_ picture: RGBImage, to name: String) throws -> String {
    let path = try place(name)
    try ImageFile.writePNG(picture, to: path)
    return path
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Names in a folder below this one, sorted.
  func names(in name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
  }
}

/// The number of a frame as files are named after it: 00012.
func stem(_ frame: Int) -> String { String(format: "%05d", frame) }
