import ArgumentParser
import Foundation
import Media
import TestFiles

/// Parses and runs a command, as the terminal would.
func run<Command: ParsableCommand>(_ type: Command.Type, _ arguments: [String]) throws {
  var command = try type.parse(arguments)
  try command.run()
}

extension TemporaryFolder {
  /// Draws a folder of frames of 40 x 32 pixels.
  func drawFrames(_ name: String, count: Int) throws {
    let frames = url.appending(path: name)
    try FileManager.default.createDirectory(at: frames, withIntermediateDirectories: true)
    for index in 0..<count {
      let picture = RGBImage(
        width: 40, height: 32,
        pixels: (0..<40 * 32 * 3).map { UInt8(truncatingIfNeeded: $0 / 7 &* (index + 3) &+ $0 % 3 &* 91) })
      try ImageFile.writePNG(picture, to: frames.appending(path: "\(1000 + index).png").path)
    }
  }
}
