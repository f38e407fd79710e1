import Foundation
import Media

/// Clips with joints in the layout of JHMDB: the test part of an official split, or all that there are.
///
///     let dataset = try JHMDBDataset(path: "JHMDB", part: .split(1))
///     for video in dataset.videos { print(video.name, video.frameCount) }
public struct JHMDBDataset: Sendable {
  /// Which videos.
  public enum Part: Sendable, Hashable {
    /// The test videos of an official split; the published numbers are of split 1. All videos where there are no lists.
    case split(Int)
    /// Every video that is there.
    case all
  }

  /// The folder.
  public let path: String
  /// The videos, sorted by name, with their joints.
  public let videos: [JHMDBVideo]
  /// The split that they are the test part of; nil for all videos.
  public let split: Int?
  /// Videos that belong here and are not there, or have only joints or only frames; sorted.
  public let missing: [String]
  /// What a reader of the result should know, one sentence each.
  public let notes: [String]

  /// Finds the videos and reads their joints.
  ///
  /// - Parameter needsImages: whether a video without pictures counts as missing. Scoring needs none; without them the
  ///   number of frames is taken from the joints alone.
  /// - Throws: `JHMDBError`; files of joints that are damaged are all reported at once.
  public init(path: String, part: Part = .split(1), needsImages: Bool = true) throws(JHMDBError) {
    self.path = path
    let layout = JHMDBLayout(root: path)
    let present = try layout.videos()
    guard !present.isEmpty else { throw .notJHMDB(path: path, problem: "there is no video in this folder") }
    let choice = try Self.choose(part, present, path)
    let loaded = try layout.load(choice.names, needsImages: needsImages)
    guard !loaded.videos.isEmpty else {
      throw .notJHMDB(path: path, problem: "no video has both joints and pictures (\(loaded.missing.count) lack one)")
    }
    split = choice.split
    videos = loaded.videos
    missing = (choice.missing + loaded.missing).sorted()
    notes = choice.notes + Self.notes(missing: missing, split: choice.split) + loaded.notes
  }

  /// Joints of each frame, the same in all videos.
  public var jointCount: Int { videos.first?.jointCount ?? 0 }

  private struct Choice {
    var names: [String]
    var split: Int?
    var missing: [String] = []
    var notes: [String] = []
  }

  private static func choose(_ part: Part, _ present: [String], _ path: String) throws(JHMDBError) -> Choice {
    guard case .split(let split) = part else { return Choice(names: present) }
    let lists = try SplitLists(root: path)
    guard !lists.splits.isEmpty else {
      return Choice(names: present, notes: ["there are no split lists here: all \(present.count) video(s) count"])
    }
    guard lists.splits.contains(split) else { throw .noSuchSplit(path: path, split: split, known: lists.splits) }
    let listed = try lists.testVideos(of: split)
    let there = Set(present)
    let names = listed.filter(there.contains)
    guard !names.isEmpty else {
      throw .emptySplit(path: path, split: split, listed: listed.count, present: present.count)
    }
    return Choice(names: names, split: split, missing: listed.filter { !there.contains($0) })
  }

  private static func notes(missing: [String], split: Int?) -> [String] {
    guard !missing.isEmpty else { return [] }
    let shown = missing.prefix(5).joined(separator: ", ") + (missing.count > 5 ? ", ..." : "")
    let part = split.map { " of split \($0)" } ?? ""
    return ["\(missing.count) video(s)\(part) are missing, so this is not the score of the whole set: \(shown)"]
  }
}

/// Where things lie in a JHMDB folder.
struct JHMDBLayout {
  let root: String

  private var jointsFolder: String { root + "/joint_positions" }
  private var imagesFolder: String { root + "/Rename_Images" }

  /// `<class>/<video>` of all folders with joints or frames, sorted.
  func videos() throws(JHMDBError) -> [String] {
    let entries = try FileBytes.names(in: root)
    guard entries.contains("joint_positions") else {
      throw .notJHMDB(path: root, problem: "there is no folder joint_positions")
    }
    var names: Set<String> = []
    for kind in ["joint_positions", "Rename_Images"] where entries.contains(kind) {
      for className in try Self.folders(in: root + "/" + kind) {
        names.formUnion(try Self.folders(in: root + "/" + kind + "/" + className).map { className + "/" + $0 })
      }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Videos that were loaded, and what was not as expected.
  struct Loaded {
    var videos: [JHMDBVideo] = []
    var missing: [String] = []
    var notes: [String] = []
  }

  func load(_ names: [String], needsImages: Bool) throws(JHMDBError) -> Loaded {
    var loaded = Loaded()
    var problems: [String] = []
    for name in names {
      do {
        guard let video = try video(name, needsImages: needsImages) else {
          loaded.missing.append(name)
          continue
        }
        if let first = loaded.videos.first, video.jointCount != first.jointCount {
          problems.append("\(name) has \(video.jointCount) joints and \(first.name) has \(first.jointCount)")
          continue
        }
        loaded.videos.append(video)
        if let note = video.note { loaded.notes.append(note) }
      } catch {
        problems.append(error.description)
      }
    }
    guard problems.isEmpty else { throw .badVideos(path: root, problems: problems) }
    let bare = loaded.videos.count { $0.images == nil }
    if bare > 0 {
      loaded.notes.append("\(bare) video(s) have no pictures: their frames were counted by their joints")
    }
    return loaded
  }

  /// Nil when the joints, or pictures that are needed, are not there.
  private func video(_ name: String, needsImages: Bool) throws(JHMDBError) -> JHMDBVideo? {
    let jointFile = jointsFolder + "/" + name + "/joint_positions.mat"
    guard FileManager.default.fileExists(atPath: jointFile) else { return nil }
    let images = try images(name)
    guard images != nil || !needsImages else { return nil }
    return JHMDBVideo(name: name, images: images, joints: try JointFile.read(path: jointFile))
  }

  private func images(_ name: String) throws(JHMDBError) -> FrameFolder? {
    do {
      return try FrameFolder(path: imagesFolder + "/" + name)
    } catch {
      switch error {
      case .notFound, .noFrames: return nil
      default: throw .unreadable(path: error.path, reason: error.problem)
      }
    }
  }

  private static func folders(in path: String) throws(JHMDBError) -> [String] {
    try FileBytes.names(in: path).filter { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder) && isFolder.boolValue
    }
  }
}
