import Foundation
import TestFiles
import Testing

@testable import JHMDB
@testable import SampleData

@Suite("Folders in JHMDB layout")
struct JHMDBDatasetTests {
  @Test("without lists all videos count, sorted, with joints from 0, and a note says so")
  func all() throws {
    let set = try SampleSet()
    try set.add("wave/b", frames: 3)
    try set.add("catch/c", frames: 2)
    try set.add("wave/.AppleDouble", frames: 1)
    let dataset = try set.dataset()
    #expect(dataset.videos.map(\.name) == ["catch/c", "wave/b"])
    #expect(dataset.videos.map(\.frameCount) == [2, 3])
    #expect(dataset.videos[1].truth[2] == [SIMD2(2, 0), SIMD2(12, 20), SIMD2(22, 40)])
    #expect(dataset.videos[1].images?.names == ["00001.png", "00002.png", "00003.png"])
    #expect(dataset.jointCount == 3 && dataset.split == nil && dataset.missing.isEmpty)
    #expect(dataset.notes == ["there are no split lists here: all 2 video(s) count"])
    #expect(try set.dataset(.all).notes.isEmpty)
  }

  @Test("lists of classes choose the test videos, and those that are not there are named", arguments: ["", "splits/"])
  func lists(place: String) throws {
    let set = try SampleSet()
    try set.add("wave/a", frames: 2)
    try set.add("wave/b", frames: 2)
    try set.add("kick_ball/c(1)", frames: 2)
    try set.addList("a.avi 1\r\nb.avi 2\r\ngone.avi 2\r\n", place + "wave_test_split1.txt")
    try set.addList("c(1).avi 2\n", place + "kick_ball_test_split1.txt")
    try set.addList("a.avi 2\n", place + "wave_test_split2.txt")
    let dataset = try set.dataset()
    #expect(dataset.videos.map(\.name) == ["kick_ball/c(1)", "wave/b"])
    #expect(dataset.split == 1)
    #expect(dataset.missing == ["wave/gone"])
    #expect(
      dataset.notes == [
        "1 video(s) of split 1 are missing, so this is not the score of the whole set: wave/gone"
      ])
    #expect(try set.dataset(.split(2)).videos.map(\.name) == ["wave/a"])
    #expect(try set.dataset(.all).videos.count == 3)
  }

  @Test("one list of all classes may hold paths of joints or of frames")
  func wholeList() throws {
    let set = try SampleSet()
    try set.add("wave/a", frames: 2)
    try set.add("wave/b", frames: 2)
    try set.add("wave/c", frames: 2)
    try set.addList(
      "/data/JHMDB/joint_positions/wave/a/joint_positions.mat /data/JHMDB/Rename_Images/wave/a\n\nwave/c/\n",
      "testlist_split1.txt")
    #expect(try set.dataset().videos.map(\.name) == ["wave/a", "wave/c"])
  }

  @Test("a list that is not understood is told with its line")
  func badList() throws {
    let set = try SampleSet()
    try set.add("wave/a", frames: 2)
    try set.addList("a.avi 2\nb.avi\n", "wave_test_split1.txt")
    #expect(throws: JHMDBError.badSplitList(path: set.path + "/wave_test_split1.txt", line: 2, text: "b.avi")) {
      try set.dataset()
    }
    #expect(
      JHMDBError.badSplitList(path: "l.txt", line: 2, text: "b.avi").description.hasPrefix(
        "l.txt, line 2: 'b.avi' is not understood; a line is '<video>.avi 1' for training"))
  }

  @Test("a split without lists, or without any video, is an error that says what there is")
  func badSplit() throws {
    let set = try SampleSet()
    try set.add("wave/a", frames: 2)
    try set.addList("b.avi 2\na.avi 1\n", "wave_test_split2.txt")
    #expect(throws: JHMDBError.noSuchSplit(path: set.path, split: 1, known: [2])) { try set.dataset() }
    #expect(throws: JHMDBError.emptySplit(path: set.path, split: 2, listed: 1, present: 1)) {
      try set.dataset(.split(2))
    }
    #expect(
      JHMDBError.noSuchSplit(path: "d", split: 1, known: [2, 3]).description
        == "d: there are no lists of split 1, only of 2, 3; choose one of these, or all videos")
    #expect(
      JHMDBError.emptySplit(path: "d", split: 2, listed: 268, present: 1).description
        == "d: none of the 268 test videos of split 2 is there, 1 other(s) are; choose another split, or all videos")
  }

  @Test("frames count that have both a picture and joints, and a note tells when they differ")
  func truncated() throws {
    let set = try SampleSet()
    try set.add("wave/more", frames: 5, pictures: 3)
    try set.add("wave/fewer", frames: 2, pictures: 4)
    let dataset = try set.dataset(.all)
    #expect(dataset.videos.map(\.frameCount) == [2, 3])
    #expect(dataset.videos.map(\.markedFrameCount) == [2, 5])
    #expect(
      dataset.notes == [
        "wave/fewer: 4 pictures, joints of 2 frames; 2 frames count",
        "wave/more: 3 pictures, joints of 5 frames; 3 frames count",
      ])
  }

  @Test("a video without joints or pictures is missing; where no pictures are needed, its joints are enough")
  func halves() throws {
    let set = try SampleSet()
    try set.add("wave/a", frames: 2)
    try set.add("wave/joints", frames: 2, pictures: 0)
    try set.addPictures("wave/pictures", count: 2)
    #expect(try set.dataset(.all).missing == ["wave/joints", "wave/pictures"])
    let dataset = try set.dataset(.all, needsImages: false)
    #expect(dataset.videos.map(\.name) == ["wave/a", "wave/joints"])
    #expect(dataset.missing == ["wave/pictures"])
    #expect(dataset.notes.last == "1 video(s) have no pictures: their frames were counted by their joints")
  }

  @Test("videos that cannot be used are told all at once")
  func badVideos() throws {
    let set = try SampleSet()
    try set.add("wave/a", frames: 2)
    try set.add("wave/b", frames: 2, joints: 4)
    try set.addPictures("wave/c", count: 1)
    try set.addList("nothing", "joint_positions/wave/c/joint_positions.mat")
    let error = #expect(throws: JHMDBError.self) { try set.dataset() }
    let text = try #require(error?.description)
    #expect(text.hasPrefix(set.path + ": 2 problem(s) with its videos; mend or remove these:\n"))
    #expect(text.contains("\n  wave/b has 4 joints and wave/a has 3\n"))
    #expect(text.contains("/joint_positions/wave/c/joint_positions.mat: it is cut off: 7 bytes; it should be"))
  }

  @Test("a folder of another kind is refused, with what was expected")
  func otherFolder() throws {
    let set = try SampleSet()
    #expect(throws: JHMDBError.notJHMDB(path: set.path, problem: "there is no folder joint_positions")) {
      try set.dataset()
    }
    try set.addList("", "joint_positions/readme.txt")
    #expect(throws: JHMDBError.notJHMDB(path: set.path, problem: "there is no video in this folder")) {
      try set.dataset()
    }
    #expect(throws: JHMDBError.unreadable(path: "/nowhere", reason: "there is no such file or folder")) {
      try JHMDBDataset(path: "/nowhere")
    }
    #expect(
      JHMDBError.notJHMDB(path: "d", problem: "p").description.contains("Rename_Images/<class>/<video>/00001.png"))
  }

  @Test("joints that are no places are refused, with frame and joint")
  func places() throws {
    func problem(_ dimensions: [Int], _ values: [Double]) -> String? {
      do {
        _ = try JointFile.joints(of: MATArray(dimensions: dimensions, values: values), path: "f")
        return nil
      } catch {
        guard case .badJointFile(path: "f", let problem) = error else { return "\(error)" }
        return problem
      }
    }
    #expect(problem([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, .nan]) == "joint 2 of frame 2 is at nan")
    #expect(problem([2, 2, 2], [1, 2, 3, 4, 5, -1e9, 7, 8]) == "joint 1 of frame 2 is at -1000000000.0")
    #expect(problem([3, 1, 1], [1, 2, 3]) == "'pos_img' has dimensions [3, 1, 1]")
    #expect(problem([2, 0, 1], []) == "'pos_img' has dimensions [2, 0, 1]")
    #expect(try JointFile.joints(of: MATArray(dimensions: [2, 2], values: [1, 2, 3, 4]), path: "f").count == 1)
  }

  @Test("the program's own sample clips are read")
  func sampleData() throws {
    let set = try SampleSet()
    let places = (0..<30).map { SIMD2(0.1 + Double($0) / 100, 0.5) }
    let file = JHMDBSet.jointFile(places, frames: 2, size: .init(width: 320, height: 240), scale: 0.8)
    try set.folder.write(file, to: "joint_positions/wave/a/joint_positions.mat")
    try set.addPictures("wave/a", count: 2)
    let video = try #require(try set.dataset().videos.first)
    #expect(video.truth.map(\.count) == [15, 15])
    // The file counts from 1 at the centre of the first pixel, where the figure's places count from its corner.
    let last = video.truth[1][14]
    #expect(abs(last.x - 93.1) < 1e-9)
    #expect(abs(last.y - 119.5) < 1e-9)
  }

  @Test(
    "the official lists of split 1 name 268 test videos, and the real clip is one of split 3",
    .enabled(if: SharedData.isPresent, "needs the shared data"))
  func official() throws {
    let lists = try SplitLists(root: SharedData.path("data/jhmdb"))
    #expect(lists.splits == [1, 2, 3])
    #expect(try lists.testVideos(of: 1).count == 268)
    let dataset = try JHMDBDataset(path: SharedData.path("data/jhmdb"), part: .split(3))
    #expect(dataset.videos.map(\.name) == ["catch/Goal_Keeping_Tips_catch_f_cm_np1_fr_med_2"])
    #expect(dataset.videos[0].frameCount == 40 && dataset.jointCount == 15)
    let animals = try JHMDBDataset(path: SharedData.path("data/badja-jhmdb"))
    #expect(animals.jointCount == 10 && animals.videos[0].frameCount == 10)
  }
}
