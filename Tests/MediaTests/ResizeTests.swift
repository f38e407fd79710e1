import Media
import Testing
import TestFiles

struct ResizeTests {
  /// OpenCV resizes in float; ours is rounded to bytes, half a level away at most, and a sliver for 11-bit weights.
  @Test(.enabled(if: SharedData.isPresent), arguments: ["resize_down", "resize_up", "resize_mixed"])
  func resizingIsOpenCVsUpToRounding(name: String) throws {
    let file = try TensorFile(path: SharedData.path("fixtures/pytorch/lab.safetensors"))
    let from = try file.shape(name + ".in_u8"), to = try file.shape(name + ".out")
    let pixels = try file.values(name + ".in_u8").map { UInt8($0) }, expected = try file.values(name + ".out")
    let image = RGBImage(width: from[1], height: from[0], pixels: pixels).resized(width: to[1], height: to[0])
    let worst = zip(image.pixels, expected).map { abs(Float($0) - $1 * 255) }.max() ?? .infinity
    #expect(worst < 0.75)
  }

  @Test func aLargerPictureRepeatsItsEdges() {
    let image = RGBImage(width: 2, height: 1, pixels: [0, 0, 0, 200, 100, 40])
    let larger = image.resized(width: 4, height: 2)
    #expect(Array(larger.pixels[0..<12]) == [0, 0, 0, 50, 25, 10, 150, 75, 30, 200, 100, 40])
    #expect(Array(larger.pixels[12..<24]) == Array(larger.pixels[0..<12]))
  }

  @Test func aSinglePixelFillsThePicture() {
    let image = RGBImage(width: 1, height: 1, pixels: [7, 8, 9]).resized(width: 5, height: 3)
    let pixel: [UInt8] = [7, 8, 9]
    #expect(image.pixels == [[UInt8]](repeating: pixel, count: 15).flatMap { $0 })
  }

  @Test(arguments: [(6, 4, 1, 1, 4, 4), (4, 6, 1, 1, 4, 4), (6, 4, 3, 2, 6, 4), (5, 1, 1, 5, 1, 1)])
  func croppingKeepsTheLargestCentredPart(
    width: Int, height: Int, aspectWidth: Int, aspectHeight: Int, newWidth: Int, newHeight: Int
  ) {
    let pixels = (0..<width * height * 3).map { $0 % 3 == 0 ? UInt8($0 / 3) : 0 }
    let image = RGBImage(width: width, height: height, pixels: pixels)
    let part = image.croppedToAspect(width: aspectWidth, height: aspectHeight)
    #expect(part.width == newWidth && part.height == newHeight)
    let left = (width - newWidth) / 2, top = (height - newHeight) / 2
    #expect(Int(part.pixels[0]) == top * width + left)
  }
}
