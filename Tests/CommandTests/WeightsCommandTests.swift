import Foundation
import Media
import Networks
import SafeTensors
import Testing
import Training
import TestFiles

@testable import corrflowd

@Suite("import, export and embed")
struct WeightsCommandTests {
  let folder: TemporaryFolder
  let weights = EncoderWeights()
  let published: URL

  init() throws {
    folder = try TemporaryFolder()
    weights.initialise(seed: 3)
    published = folder.url.appending(path: "published.safetensors")
    try WeightsFile.write(EncoderState(weights), to: published, prefix: "module.")
  }

  @Test("Published weights are imported, and exported again as they were")
  func roundTrip() throws {
    let imported = folder.url.appending(path: "imported.safetensors")
    let exported = folder.url.appending(path: "exported.safetensors")
    try run(ImportCommand.self, [published.path, "--out", imported.path])
    try run(ExportCommand.self, [imported.path, "--out", exported.path, "--module-prefix"])
    #expect(try Data(contentsOf: exported) == Data(contentsOf: published))
    #expect(try SafeTensorsFile(contentsOf: imported).names.allSatisfy { !$0.hasPrefix("module.") })
  }

  @Test("The embeddings of a picture are a tensor of 64 numbers for each cell of 4 x 4 pixels")
  func embedPicture() throws {
    let picture = folder.url.appending(path: "picture.png")
    try ImageFile.writePNG(drawing(width: 40, height: 24), to: picture.path)
    let out = folder.url.appending(path: "embeddings.safetensors")
    try run(EmbedCommand.self, [picture.path, "--checkpoint", published.path, "--out", out.path, "--threads", "1"])
    let file = try SafeTensorsFile(contentsOf: out)
    let values = try file.floats("embeddings", shape: [1, 6, 10, 64])
    #expect(values.allSatisfy(\.isFinite) && Set(values).count > 1000)
    #expect(file.metadata["width"] == "40" && file.metadata["height"] == "24")
  }

  @Test("A folder of frames gives one grid a frame, and the same numbers as its frames one by one")
  func embedFolder() throws {
    let frames = folder.url.appending(path: "frames")
    try FileManager.default.createDirectory(at: frames, withIntermediateDirectories: true)
    for index in 0..<3 {
      try ImageFile.writePNG(
        drawing(width: 32, height: 32, phase: index), to: frames.appending(path: "0000\(index).png").path)
    }
    let all = folder.url.appending(path: "all.safetensors")
    let last = folder.url.appending(path: "last.safetensors")
    try run(EmbedCommand.self, [frames.path, "--checkpoint", published.path, "--out", all.path])
    try run(
      EmbedCommand.self,
      [frames.appending(path: "00002.png").path, "--checkpoint", published.path, "--out", last.path])
    let values = try SafeTensorsFile(contentsOf: all).floats("embeddings", shape: [3, 8, 8, 64])
    #expect(Array(values.suffix(8 * 8 * 64)) == (try SafeTensorsFile(contentsOf: last).floats("embeddings")))
  }

  @Test("Frames can be limited and scaled")
  func limits() throws {
    let picture = folder.url.appending(path: "picture.png")
    try ImageFile.writePNG(drawing(width: 40, height: 24), to: picture.path)
    let out = folder.url.appending(path: "embeddings.safetensors")
    try run(
      EmbedCommand.self,
      [picture.path, "--checkpoint", published.path, "--out", out.path, "--size", "16x32", "--frames", "1"])
    #expect(try SafeTensorsFile(contentsOf: out).info("embeddings").shape == [1, 8, 4, 64])
  }

  @Test(
    "Malformed options are refused before anything is read",
    arguments: [["--size", "16"], ["--size", "0x16"], ["--frames", "0"], ["--threads", "-1"]])
  func malformedOptions(options: [String]) {
    #expect(throws: (any Error).self) {
      try EmbedCommand.parse(["a.png", "--checkpoint", "c", "--out", "o"] + options)
    }
  }

  @Test("A missing source, and a text called .mp4, are refused by their path, and nothing is written")
  func badSources() throws {
    let text = folder.url.appending(path: "text.mp4")
    try Data("no video".utf8).write(to: text)
    for source in [text.path, folder.url.path + "/missing.png", folder.url.path] {
      let out = folder.url.appending(path: "embeddings.safetensors")
      let error = #expect(throws: MediaError.self) {
        try run(EmbedCommand.self, [source, "--checkpoint", published.path, "--out", out.path])
      }
      #expect(error?.description.contains(source) == true)
      #expect(!FileManager.default.fileExists(atPath: out.path))
    }
  }

  private func drawing(width: Int, height: Int, phase: Int = 0) -> RGBImage {
    RGBImage(
      width: width, height: height,
      pixels: (0..<width * height * 3).map { UInt8(truncatingIfNeeded: ($0 / 3) &* 37 &+ $0 &* 11 &+ phase &* 71) })
  }
}
