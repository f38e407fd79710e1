import Foundation

@testable import Media

/// A folder of its own for one test, removed at the end.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("corrflow-media-writer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Everything in it, hidden files too.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
}

/// A smooth picture that moves with `frame`: what a codec keeps well.
func gradient(width: Int, height: Int, frame: Int = 0) -> RGBImage {
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      pixels += [
        UInt8((x * 2 + frame * 3) % 200 + 20), UInt8(y * 200 / height + 20),
        UInt8((x + y) * 100 / (width + height) + 50),
      ]
    }
  }
  return RGBImage(width: width, height: height, pixels: pixels)
}

/// The mean absolute difference of two pictures of the same size, in grey levels.
func meanDifference(_ a: RGBImage, _ b: RGBImage) -> Double {
  let sum = zip(a.pixels, b.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
  return Double(sum) / Double(a.pixels.count)
}

/// The folder of shared data beside the checkout, if it is there.
let sharedFolder: URL? = {
  let given = ProcessInfo.processInfo.environment["CORRFLOW_SHARED"].map { URL(fileURLWithPath: $0) }
  let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared")
  let folder = given ?? beside
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()
