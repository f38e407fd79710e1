import Testing

@testable import Rendering

@Suite("Text")
struct TextTests {
  private func glyph(_ character: UInt8) -> [Bool] {
    (0..<BitmapFont.height).flatMap { y in
      (0..<BitmapFont.width).map { BitmapFont.isSet(character, x: $0, y: y) }
    }
  }

  @Test("all printable characters differ, and only the space is empty")
  func distinct() {
    let glyphs = (32..<127).map { glyph(UInt8($0)) }
    #expect(Set(glyphs).count == 95)
    #expect(glyphs.filter { !$0.contains(true) }.count == 1)
    #expect(!glyph(32).contains(true))
  }

  @Test("letters have the shape that they were drawn with")
  func shape() {
    let rows = (0..<9).map { y in
      String((0..<5).map { BitmapFont.isSet(UInt8(ascii: "g"), x: $0, y: y) ? "#" : "." })
    }
    #expect(rows == [".....", ".....", ".####", "#...#", "#...#", "#...#", ".####", "....#", ".###."])
  }

  @Test("characters that the font has not become question marks", arguments: [UInt8(0), 10, 127, 200, 255])
  func unknown(character: UInt8) {
    #expect(glyph(character) == glyph(UInt8(ascii: "?")))
  }

  @Test("a line of text is as large as its letters", arguments: 1...3)
  func size(scale: Int) {
    #expect(Canvas.textSize("abc", scale: scale) == (17 * scale, 7 * scale))
    #expect(Canvas.textSize("", scale: scale).width == 0)
    var canvas = Canvas(width: 80, height: 40, colour: .black)
    canvas.drawText("HIH", x: 3, y: 2, scale: scale)
    let places = canvas.image.places(otherThan: .black)
    #expect(places.map { $0[0] }.min() == 3 && places.map { $0[0] }.max() == 3 + 17 * scale - 1)
    #expect(places.map { $0[1] }.min() == 2 && places.map { $0[1] }.max() == 2 + 7 * scale - 1)
  }

  @Test("a label lies in its corner, inside of the picture", arguments: LabelCorner.allCases)
  func corners(corner: LabelCorner) {
    for colour in [RGBColour.white, RGBColour(128, 128, 128)] {
      var canvas = Canvas(width: 120, height: 80, colour: colour)
      canvas.drawLabel("frame 7", corner: corner)
      let places = canvas.image.places(otherThan: colour)
      #expect(!places.isEmpty)
      #expect(places.allSatisfy { ($0[0] < 60) == (corner == .topLeft || corner == .bottomLeft) })
      #expect(places.allSatisfy { ($0[1] < 40) == (corner == .topLeft || corner == .topRight) })
    }
  }

  @Test("a label is readable on white: light letters on a dark plate")
  func contrast() {
    var canvas = Canvas(width: 120, height: 80, colour: .white)
    canvas.drawLabel("I", scale: 2)
    let lumas = canvas.image.places(otherThan: .white).map { canvas[$0[0], $0[1]].luma }
    #expect(lumas.max() ?? 1 < 0.4)  // The plate; the letters are as white as the picture.
    #expect(canvas[16, 14] == .white)
  }

  @Test("a text that is too wide ends in two dots, or is left out")
  func shortened() {
    #expect(Canvas.shortened("abcdefgh", toWidth: 47, scale: 1) == "abcdefgh")
    #expect(Canvas.shortened("abcdefgh", toWidth: 46, scale: 1) == "abcde..")
    #expect(Canvas.textSize("abcde..", scale: 1).width <= 46)
    #expect(Canvas.shortened("abcdefgh", toWidth: 10, scale: 1) == "")
    var canvas = Canvas(width: 4, height: 4, colour: .white)
    canvas.drawLabel("a long name")
    #expect(canvas.image.places(otherThan: .white).isEmpty)
  }

  @Test("labels grow with the picture")
  func scale() {
    #expect([120, 359, 360, 480, 720, 1080].map(Canvas.labelScale) == [1, 1, 2, 2, 3, 4])
  }
}
