import Testing

@testable import Rendering

@Suite("ContactSheet")
struct ContactSheetTests {
  @Test(
    "frames are spread evenly from the first to the last",
    arguments: [
      (5, 50, [0, 12, 25, 37, 49]), (3, 3, [0, 1, 2]), (8, 2, [0, 1]), (1, 9, [0]), (2, 9, [0, 8]), (4, 0, []),
    ])
  func chosen(count: Int, total: Int, expected: [Int]) {
    #expect(ContactSheet.chosen(count, of: total) == expected)
  }

  @Test("chosen frames are all different, in order, whatever their number")
  func chosenAlways() {
    for total in 1...60 {
      for count in 1...20 {
        let chosen = ContactSheet.chosen(count, of: total)
        #expect(chosen.count == min(count, total))
        #expect(chosen == Set(chosen).sorted() && chosen.first == 0)
        if count > 1 { #expect(chosen.last == total - 1) }
      }
    }
  }

  @Test(
    "rows are full where they can be", arguments: [(1, 1), (2, 2), (3, 3), (4, 2), (6, 3), (8, 4), (9, 3), (12, 4)])
  func columns(count: Int, expected: Int) {
    #expect(ContactSheet(title: "", tileCount: count).columns == expected)
  }

  @Test("a sheet has room for its pictures, captions and title")
  func size() {
    var sheet = ContactSheet(title: "", tileCount: 3, columns: 2, tileWidth: 100)
    for index in 0..<3 { sheet.add(plain(200, 100, .white), caption: "frame \(index)") }
    let picture = sheet.render()
    #expect(sheet.count == 3)
    #expect(picture.width == 22 + 100 + 14 + 100 + 22)
    #expect(picture.height == 22 + 2 * (50 + 26) + 20 + 22)
    #expect(picture.colour(22, 22) == .white && picture.colour(121, 71) == .white)
    #expect(picture.colour(122, 22) == Panels.background && picture.colour(136, 22) == .white)
    #expect(picture.colour(22, 22 + 76 + 20) == .white)
    #expect(picture.colour(136 + 50, 22 + 76 + 20 + 25) == Panels.background)
  }

  @Test("captions stand below their picture, a title above all")
  func text() {
    var sheet = ContactSheet(title: "swan", tileCount: 1, tileWidth: 160)
    sheet.add(plain(160, 40, .black), caption: "frame 0")
    let picture = sheet.render()
    #expect((22..<43).contains { y in (22..<60).contains { picture.colour($0, y) == .white } })
    let below = 22 + 21 + 22 + 40
    #expect((below..<below + 22).contains { y in (22..<110).contains { picture.colour($0, y).luma > 0.6 } })
  }

  @Test("a title that is too wide gets smaller letters, and is shortened only if it is still too wide")
  func longTitle() {
    func titleColumns(_ title: String) -> (first: Int, last: Int, rows: Int) {
      var sheet = ContactSheet(title: title, tileCount: 1, tileWidth: 200)
      sheet.add(plain(200, 20, .black), caption: "")
      let picture = sheet.render()
      let places = picture.places(otherThan: Panels.background).filter { picture.colour($0[0], $0[1]) == .white }
      let (columns, rows) = (places.map { $0[0] }, places.map { $0[1] })
      return (columns.min() ?? 0, columns.max() ?? 0, Set(rows).count)
    }
    #expect(titleColumns("HHHHHHHHHHH") == (22, 22 + 65 * 3 - 1, 21))
    #expect(titleColumns("HHHHHHHHHHHH") == (22, 22 + 71 * 2 - 1, 14))
    #expect(titleColumns(String(repeating: "H", count: 60)).last < 222)
  }

  @Test("the fewer pictures, the larger they are")
  func tileWidths() {
    #expect([1, 2, 3, 8].map { ContactSheet(title: "", tileCount: $0).tileWidth } == [960, 640, 400, 400])
  }

  @Test("pictures of different heights stand in one row without overlap")
  func heights() {
    var sheet = ContactSheet(title: "", tileCount: 2, tileWidth: 16)
    sheet.add(plain(16, 16, .white), caption: "")
    sheet.add(plain(16, 64, .white), caption: "")
    #expect(sheet.render().height == 22 + 64 + 26 + 22)
  }

  @Test("a reduced picture is the mean of what each pixel covers")
  func reduction() {
    var canvas = Canvas(width: 4, height: 2, colour: .black)
    canvas.fillRectangle(x: 0, y: 0, width: 1, height: 2, colour: .white)
    let half = canvas.image.reduced(width: 2, height: 1)
    #expect(half.colour(0, 0) == RGBColour(128, 128, 128) && half.colour(1, 0) == .black)
    let third = canvas.image.reduced(width: 3, height: 2)
    #expect(third.colour(0, 0) == RGBColour(191, 191, 191) && third.colour(1, 1) == .black)
    #expect(canvas.image.reduced(width: 4, height: 2) == canvas.image)
    #expect(plain(7, 5, .white).reduced(width: 3, height: 2) == plain(3, 2, .white))
  }

  @Test("a picture is fitted by its longer side and never enlarged")
  func fitted() {
    #expect(plain(200, 100).fitted(longest: 50) == plain(50, 25))
    #expect(plain(20, 100).fitted(longest: 50) == plain(10, 50))
    #expect(plain(20, 10).fitted(longest: 50) == plain(20, 10))
  }

  @Test("panels keep their places beside and below each other")
  func panels() {
    let beside = Panels.sideBySide([plain(3, 2, .white), plain(2, 4, .black)], gap: 1)
    #expect(beside.width == 6 && beside.height == 4)
    #expect(beside.colour(2, 1) == .white && beside.colour(3, 0) == Panels.background)
    #expect(beside.colour(4, 3) == .black && beside.colour(0, 3) == Panels.background)
    let stacked = Panels.stacked([plain(3, 2, .white), plain(2, 1, .black)], gap: 1)
    #expect(stacked.width == 3 && stacked.height == 4 && stacked.colour(0, 3) == .black)
    #expect(Panels.compact([plain(3, 2), plain(3, 2)]).height == 2 + 4 + 2)
    #expect(Panels.compact([plain(2, 3), plain(2, 3)]).width == 2 + 4 + 2)
  }
}
