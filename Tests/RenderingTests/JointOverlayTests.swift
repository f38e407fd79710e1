import Testing

@testable import Rendering

@Suite("JointOverlay")
struct JointOverlayTests {
  @Test("the limbs of JHMDB hang on each other as its files say")
  func tree() {
    let parents = Dictionary(uniqueKeysWithValues: JointTree.jhmdb.limbs.map { ($0.joint, $0.parent) })
    #expect(
      parents == [0: 1, 2: 0, 3: 0, 4: 0, 5: 1, 6: 1, 7: 3, 8: 4, 9: 5, 10: 6, 11: 7, 12: 8, 13: 9, 14: 10])
    #expect(JointTree.jhmdb.sides.count == 15)
    #expect(
      JointTree.jhmdb.limbs.allSatisfy { limb in
        let (own, parent) = (JointTree.jhmdb.sides[limb.joint], JointTree.jhmdb.sides[limb.parent])
        return parent == .middle || own == parent
      })
  }

  @Test("a limb is drawn between two joints, in the colour of its side")
  func limb() {
    var joints = [PicturePoint?](repeating: nil, count: 15)
    joints[3] = PicturePoint(x: 20, y: 30)
    joints[7] = PicturePoint(x: 60, y: 30)
    let picture = JointOverlay().render(plain(80, 60), joints: joints)
    let middle = picture.colour(40, 30)
    #expect(middle.red > 200 && middle.blue < 60)
    #expect(picture.colour(40, 40) == .black)
  }

  @Test("a limb of a joint that is not known is left out")
  func missing() {
    var joints = [PicturePoint?](repeating: nil, count: 15)
    joints[3] = PicturePoint(x: 20, y: 30)
    let places = JointOverlay().render(plain(80, 60, .white), joints: joints).places(otherThan: .white)
    #expect(!places.isEmpty && places.allSatisfy { abs($0[0] - 20) < 6 && abs($0[1] - 30) < 6 })
  }

  @Test("any number of joints are dots of different colours", arguments: [1, 2, 14, 16, 20])
  func dots(count: Int) {
    let joints = (0..<count).map { PicturePoint(x: Double(10 + 20 * $0), y: 10) as PicturePoint? }
    let picture = JointOverlay().render(plain(20 * count, 20, .white), joints: joints)
    let colours = (0..<count).map { picture.colour(10 + 20 * $0, 10) }
    #expect(Set(colours).count == count)
    for index in 0..<count - 1 { #expect(picture.colour(20 + 20 * index, 10) == .white) }
  }

  @Test("ground truth is rings, which leave the place itself open")
  func groundTruth() {
    let place = PicturePoint(x: 30, y: 30)
    let frame = plain(60, 60, RGBColour(90, 90, 90))
    let picture = JointOverlay(tree: nil, radius: 5).render(frame, joints: [nil], groundTruth: [place])
    #expect(picture.colour(30, 30) == RGBColour(90, 90, 90))
    #expect(picture.colour(39, 30) == .white && picture.colour(30, 21) == .white)
  }

  @Test("joints outside of the frame are no harm")
  func outside() {
    let far = PicturePoint(x: -5000, y: 9e12)
    let joints = [PicturePoint?](repeating: far, count: 15)
    #expect(JointOverlay().render(plain(20, 20), joints: joints, groundTruth: joints) == plain(20, 20))
  }
}
