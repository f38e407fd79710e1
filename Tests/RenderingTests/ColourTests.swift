import Media
import Testing

@testable import Rendering

@Suite("Colours")
struct ColourTests {
  @Test("objects have the colours of DAVIS's palette")
  func palette() {
    #expect(RGBColour(object: 1) == RGBColour(128, 0, 0))
    #expect(RGBColour(object: 3) == RGBColour(128, 128, 0))
    #expect(RGBColour(object: 255) == RGBColour(224, 224, 192))
  }

  @Test("brightened colours keep their hue")
  func brightened() {
    #expect(RGBColour(128, 64, 0).brightened == RGBColour(255, 128, 0))
    #expect(RGBColour.black.brightened == .black)
  }

  @Test("the wheel goes through red, yellow, green, cyan, blue and magenta")
  func wheel() {
    let colours = (0..<6).map { RGBColour(hue: Double($0) / 6) }
    #expect(
      colours == [
        RGBColour(255, 0, 0), RGBColour(255, 255, 0), RGBColour(0, 255, 0), RGBColour(0, 255, 255),
        RGBColour(0, 0, 255), RGBColour(255, 0, 255),
      ])
    #expect(RGBColour(hue: 1) == colours[0] && RGBColour(hue: -1 / 3) == colours[4])
  }

  @Test("the heat ramp gets brighter all the way, about evenly")
  func ramp() {
    let lumas = (0...100).map { HeatRamp.colour(Double($0) / 100).luma }
    let steps = zip(lumas.dropFirst(), lumas).map { $0 - $1 }
    #expect(steps.allSatisfy { $0 > 0 })
    let mean = (lumas[100] - lumas[0]) / 100
    #expect(steps.allSatisfy { $0 < 3 * mean }, "\(steps)")
  }

  @Test("numbers beyond the ends of the ramp get the colours of the ends")
  func ends() {
    #expect(HeatRamp.colour(-1) == HeatRamp.colour(0) && HeatRamp.colour(2) == HeatRamp.colour(1))
    #expect(HeatRamp.colour(.nan) == HeatRamp.colour(0))
    #expect(HeatRamp.colour(0).luma < 0.1 && HeatRamp.colour(1).luma > 0.8)
  }
}
