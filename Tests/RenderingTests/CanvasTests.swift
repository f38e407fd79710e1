import Testing

@testable import Rendering

@Suite("Canvas")
struct CanvasTests {
  private func drawn(_ width: Int, _ height: Int, _ body: (inout Canvas) -> Void) -> [[Int]] {
    var canvas = Canvas(width: width, height: height, colour: .black)
    body(&canvas)
    return canvas.image.places(otherThan: .black)
  }

  @Test("a level line one pixel thick covers its row between the ends, and a half of the pixels around them")
  func line() {
    var canvas = Canvas(width: 9, height: 5, colour: .black)
    canvas.drawLine(from: PicturePoint(x: 2, y: 2), to: PicturePoint(x: 6, y: 2), thickness: 1, colour: .white)
    for x in 2...6 { #expect(canvas[x, 2] == .white) }
    #expect(canvas[1, 2] == .black && canvas[7, 2] == .black)
    #expect(canvas[4, 1] == .black && canvas[4, 3] == .black)
  }

  @Test("a line between rows covers both of them by half")
  func smoothed() {
    var canvas = Canvas(width: 9, height: 5, colour: .black)
    canvas.drawLine(from: PicturePoint(x: 1, y: 1.5), to: PicturePoint(x: 7, y: 1.5), thickness: 1, colour: .white)
    #expect(canvas[4, 1] == RGBColour(128, 128, 128) && canvas[4, 2] == RGBColour(128, 128, 128))
  }

  @Test("a diagonal line covers the diagonal")
  func diagonal() {
    var canvas = Canvas(width: 6, height: 6, colour: .black)
    canvas.drawLine(from: PicturePoint(x: 0, y: 0), to: PicturePoint(x: 5, y: 5), thickness: 1, colour: .white)
    for at in 0..<6 { #expect(canvas[at, at] == .white) }
    #expect(canvas[0, 5] == .black)
  }

  @Test("a disc covers what is nearer than its radius, and is the same in all directions")
  func disc() {
    var canvas = Canvas(width: 11, height: 11, colour: .black)
    canvas.drawDisc(at: PicturePoint(x: 5, y: 5), radius: 3, colour: .white)
    #expect(canvas[5, 5] == .white && canvas[7, 5] == .white)
    #expect(canvas[8, 5] == RGBColour(128, 128, 128))
    #expect(canvas[9, 5] == .black && canvas[8, 8] == .black)
    for y in 0..<11 {
      for x in 0..<11 { #expect(canvas[x, y] == canvas[10 - x, y] && canvas[x, y] == canvas[y, x]) }
    }
  }

  @Test("a ring leaves its middle open")
  func ring() {
    var canvas = Canvas(width: 15, height: 15, colour: .black)
    canvas.drawRing(at: PicturePoint(x: 7, y: 7), radius: 5, thickness: 1, colour: .white)
    #expect(canvas[7, 7] == .black && canvas[12, 7] == .white && canvas[7, 2] == .white && canvas[14, 7] == .black)
  }

  @Test("what lies outside of the picture is cut off")
  func clipped() {
    #expect(drawn(4, 4) { $0.drawDisc(at: PicturePoint(x: -1, y: -1), radius: 2, colour: .white) }.contains([0, 0]))
    #expect(drawn(4, 4) { $0.drawDisc(at: PicturePoint(x: 90, y: -50), radius: 2, colour: .white) }.isEmpty)
    let line = drawn(4, 3) {
      $0.drawLine(from: PicturePoint(x: -1e9, y: 1), to: PicturePoint(x: 1e9, y: 1), thickness: 1, colour: .white)
    }
    #expect(line == [[0, 1], [1, 1], [2, 1], [3, 1]])
    #expect(drawn(3, 3) { $0.fillRectangle(x: 2, y: -5, width: 9, height: 6, colour: .white) } == [[2, 0]])
    #expect(drawn(3, 3) { $0.fillRectangle(x: 5, y: 5, width: 2, height: 2, colour: .white) }.isEmpty)
    #expect(drawn(3, 3) { $0.draw(plain(2, 2, .white), x: 2, y: -1) } == [[2, 0]])
    #expect(drawn(3, 3) { $0.draw(plain(2, 2, .white), x: -7, y: 0) }.isEmpty)
  }

  @Test("a place that is not a number is not drawn", arguments: [Double.nan, .infinity, -.infinity])
  func notANumber(value: Double) {
    #expect(drawn(4, 4) { $0.drawDisc(at: PicturePoint(x: value, y: 2), radius: 2, colour: .white) }.isEmpty)
    #expect(drawn(4, 4) { $0.drawCross(at: PicturePoint(x: 1, y: value)) }.isEmpty)
  }

  @Test("a cross leaves the pixel that it points at as it is, and shows on black and on white")
  func cross() {
    for background in [RGBColour.black, .white] {
      var canvas = Canvas(width: 41, height: 41, colour: background)
      canvas.drawCross(at: PicturePoint(x: 20, y: 20))
      #expect(canvas[20, 20] == background)
      let places = canvas.image.places(otherThan: background)
      #expect(places.count > 40)
      #expect(Set(places).isSuperset(of: [[14, 20], [26, 20], [20, 14], [20, 26]]) || background == .white)
    }
  }

  @Test("colours are mixed by opacity and rounded")
  func blending() {
    var canvas = Canvas(width: 1, height: 1, colour: RGBColour(100, 0, 255))
    canvas.blend(RGBColour(200, 255, 255), x: 0, y: 0, opacity: 0.5)
    #expect(canvas[0, 0] == RGBColour(150, 128, 255))
    canvas.blend(.white, x: 0, y: 0, opacity: 1)
    #expect(canvas[0, 0] == .white)
  }

  @Test("a place in a resized picture keeps to half-pixel centres")
  func scaledPlaces() {
    #expect(PicturePoint(x: 0, y: 1).scaled(x: 2, y: 4) == PicturePoint(x: 0.5, y: 5.5))
  }
}
