import Media
import TestFiles
import Testing

@testable import Rendering

@Suite("MaskOverlay")
struct MaskOverlayTests {
  private func kinds(_ mask: IndexedImage, _ thickness: Int) -> [String] {
    let letters = MaskContours(mask: mask, thickness: thickness).kinds.map { kind in
      switch kind {
      case .inside: "."
      case .contour: "#"
      case .rim: "o"
      }
    }
    return (0..<mask.height).map { letters[$0 * mask.width..<($0 + 1) * mask.width].joined() }
  }

  @Test("a contour runs along the inner side of an object, a rim along the outer")
  func contour() {
    let square = mask("0000000", "0111110", "0111110", "0111110", "0111110", "0111110", "0000000")
    #expect(kinds(square, 1) == [".ooooo.", "o#####o", "o#...#o", "o#...#o", "o#...#o", "o#####o", ".ooooo."])
    #expect(kinds(square, 2)[3] == "o##.##o")
  }

  @Test("the border of the picture is no outline")
  func border() {
    #expect(kinds(mask("1110", "1110", "0000"), 1) == ["..#o", "###o", "ooo."])
    #expect(kinds(mask("111", "111"), 3) == ["...", "..."])
  }

  @Test("objects that touch have both an outline, and no rim between them")
  func touching() {
    #expect(kinds(mask("1122", "1122"), 1) == [".##.", ".##."])
  }

  @Test("without thickness there are no outlines")
  func none() {
    #expect(kinds(mask("010"), 0) == ["..."])
  }

  @Test("objects are mixed with their colour by half, the background is left")
  func fill() throws {
    let frame = plain(3, 1, RGBColour(100, 100, 100))
    let overlay = try MaskOverlay(contourThickness: 0).render(frame, mask: mask("012"))
    #expect(overlay.colour(0, 0) == RGBColour(100, 100, 100))
    #expect(overlay.colour(1, 0) == RGBColour(114, 50, 50))
    #expect(overlay.colour(2, 0) == RGBColour(50, 114, 50))
  }

  @Test("outlines have the object's colour at its brightest")
  func outline() throws {
    let overlay = try MaskOverlay().render(plain(3, 1, RGBColour(90, 90, 90)), mask: mask("020"))
    #expect(overlay.colour(1, 0) == RGBColour(0, 255, 0))
    #expect(overlay.colour(0, 0).luma < 0.2)
  }

  @Test("a mask of another size is an error that names both")
  func size() {
    let text = message { _ = try MaskOverlay().render(plain(4, 4), mask: mask("00")) }
    #expect(text == "a mask of 2x1 does not fit a frame of 4x4; resize one of them first")
    #expect(
      message { _ = try MaskOverlay().render(plain(1, 1), mask: mask("0"), groundTruth: mask("00")) } != nil)
  }

  @Test("result and ground truth stand side by side")
  func pair() throws {
    let frame = plain(64, 40, .white)
    let empty = IndexedImage(width: 64, height: 40, indices: [UInt8](repeating: 0, count: 64 * 40))
    let full = IndexedImage(width: 64, height: 40, indices: [UInt8](repeating: 1, count: 64 * 40))
    let picture = try MaskOverlay().render(frame, mask: empty, groundTruth: full)
    #expect(picture.width == 64 + 4 + 64 && picture.height == 40)
    #expect(picture.colour(40, 35) == .white)
    #expect(picture.colour(68 + 40, 35) == RGBColour(192, 128, 128))
  }

  @Test("masks of DAVIS fit their frames", .enabled(if: SharedData.isPresent, "needs ../shared/data"))
  func davis() throws {
    let frame = try ImageFile.read(path: SharedData.path("data/davis/JPEGImages/480p/blackswan/00000.jpg"))
    let truth = try IndexedPNG.read(path: SharedData.path("data/davis/Annotations/480p/blackswan/00000.png"))
    let overlay = try MaskOverlay().render(frame, mask: truth)
    let changed = zip(0..<truth.indices.count, truth.indices).filter { at, id in
      id > 0 && overlay.pixels[at * 3..<at * 3 + 3] != frame.pixels[at * 3..<at * 3 + 3]
    }
    #expect(changed.count > truth.indices.filter { $0 > 0 }.count * 99 / 100)
  }
}
