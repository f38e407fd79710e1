import Foundation
import Media
import TestFiles
import Testing

@testable import Evaluation

@Suite("Masks that a user gives")
struct UserMaskTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ path: String) throws -> UserMask? { try UserMask.masks([0: path])[0] }

  /// A picture of a row of pixels of these colours.
  private func row(_ colours: [[UInt8]], to name: String) throws -> String {
    try folder.write(RGBImage(width: colours.count, height: 1, pixels: colours.flatMap { $0 }), to: name)
  }

  @Test("The ids of an indexed PNG are its indices")
  func indexed() throws {
    let image = mask(8, 4, Box(3, 0..<4, 0..<2), Box(200, 5..<8, 1..<4))
    #expect(try read(folder.write(image, to: "m.png"))?.image.indices == image.indices)
  }

  @Test("Black is background and other colours are numbered by brightness")
  func colours() throws {
    let path = try row([[0, 0, 0], [255, 255, 255], [200, 0, 0], [0, 0, 9], [200, 0, 0]], to: "m.png")
    #expect(try read(path)?.image.indices == [0, 3, 2, 1, 2])
  }

  @Test("Of equally bright colours the order is always the same")
  func equallyBright() throws {
    #expect(try read(row([[255, 0, 0], [0, 255, 0], [0, 0, 255]], to: "m.png"))?.image.indices == [3, 2, 1])
  }

  @Test("A mask of 0 and 255 has one object")
  func grey() throws {
    let grey = folder.path("grey.png")
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    try ImageFile.writePNG(RGBImage(width: 2, height: 1, pixels: [0, 0, 0, 255, 255, 255]), to: grey)
    #expect(try read(grey)?.image.indices == [0, 1])
  }

  @Test("A colour is the same object in all masks of a video")
  func acrossMasks() throws {
    let first = try row([[0, 0, 0], [255, 255, 255]], to: "first.png")
    let later = try row([[90, 0, 0], [0, 0, 0], [255, 255, 255]], to: "later.png")
    let masks = try UserMask.masks([0: first, 7: later])
    #expect(masks[0]?.image.indices == [0, 2])
    #expect(masks[7]?.image.indices == [1, 0, 2])
    #expect(masks[7]?.path == later)
  }

  @Test("255 colours beside black are taken, one more is refused")
  func limit() throws {
    let colours = (0..<257).map { [UInt8($0 & 255), UInt8($0 >> 8), 0] }
    #expect(try read(row(Array(colours[..<256]), to: "most.png"))?.image.indices == (0...255).map { UInt8($0) })
    let many = try row(colours, to: "many.png")
    #expect(
      message { _ = try read(many) } == "\(many): the masks have more than 255 colours beside black; "
        + "save them as indexed PNGs, without smooth edges")
  }

  @Test("The limit counts the colours of all masks together")
  func limitOfAll() throws {
    let first = try row((1..<200).map { [UInt8($0), 0, 0] }, to: "first.png")
    let second = try row((1..<200).map { [0, UInt8($0), 0] }, to: "second.png")
    #expect(message { _ = try UserMask.masks([0: first, 1: second]) }?.hasPrefix("\(second): the masks have") == true)
  }

  @Test("A mask without an object is refused", arguments: [true, false])
  func empty(indexed: Bool) throws {
    let path =
      indexed
      ? try folder.write(mask(8, 8), to: "m.png")
      : try folder.write(RGBImage(width: 8, height: 8, pixels: [UInt8](repeating: 0, count: 192)), to: "m.png")
    #expect(message { _ = try read(path) } == "\(path): the mask is empty: every pixel is background (0)")
  }

  @Test("A file that is missing is named")
  func absent() {
    let path = folder.path("absent.png")
    #expect(message { _ = try read(path) }?.contains(path) == true)
  }

  @Test("A mask of the right size is not resized")
  func sameSize() throws {
    let image = mask(8, 4, Box(1, 0..<4, 0..<2))
    #expect(try read(folder.write(image, to: "m.png"))?.resized(width: 8, height: 4) == nil)
  }

  @Test("Resizing takes the pixel under the middle of each new one, and invents no ids")
  func resize() throws {
    let small = IndexedImage(width: 3, height: 2, indices: [1, 2, 3, 4, 5, 6])
    let path = try folder.write(small, to: "m.png")
    let larger = try read(path)?.resized(width: 6, height: 4)
    #expect(larger?.indices == [1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 4, 4, 5, 5, 6, 6])
    #expect(try read(path)?.resized(width: 1, height: 1)?.indices == [5])
  }
}
