/// The official lists of which videos a split tests on.
///
/// They lie in the folder of the data set or in its folder `splits`, in either of two forms: `<class>_test_split1.txt` with
/// lines `<video>.avi 2` (1 is training, 2 is testing), or one `testlist_split1.txt` whose lines begin with the path of a
/// video's joints or frames, `.../<class>/<video>` (the form of the published keypoint trackers).
struct SplitLists {
  /// A list.
  private struct List {
    var path: String
    var split: Int
    /// Nil for a list of all classes.
    var className: String?
  }

  private let root: String
  private let lists: [List]

  init(root: String) throws(JHMDBError) {
    self.root = root
    var lists: [List] = []
    for folder in [root, root + "/splits"] {
      if folder != root, !(try FileBytes.names(in: root).contains("splits")) { continue }
      for name in try FileBytes.names(in: folder) {
        if let list = Self.list(folder + "/" + name, name) { lists.append(list) }
      }
    }
    self.lists = lists
  }

  /// Splits that have lists, in order.
  var splits: [Int] { Set(lists.map(\.split)).sorted() }

  /// The test videos of a split as `<class>/<video>`, sorted, each once.
  func testVideos(of split: Int) throws(JHMDBError) -> [String] {
    var names: Set<String> = []
    for list in lists where list.split == split {
      names.formUnion(try Self.videos(list))
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func list(_ path: String, _ name: String) -> List? {
    let perClass = name.wholeMatch(of: /(.+)_test_split([1-9])\.txt/)
    if let perClass, let split = Int(perClass.2) {
      return List(path: path, split: split, className: String(perClass.1))
    }
    guard let whole = name.wholeMatch(of: /testlist_split([1-9])\.txt/), let split = Int(whole.1) else { return nil }
    return List(path: path, split: split, className: nil)
  }

  private static func videos(_ list: List) throws(JHMDBError) -> [String] {
    let text = String(decoding: try FileBytes.read(path: list.path, limit: 1 << 20), as: UTF8.self)
    var videos: [String] = []
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let first = words.first else { continue }
      if let className = list.className {
        guard words.count == 2, words[1] == "1" || words[1] == "2" else {
          throw .badSplitList(path: list.path, line: number + 1, text: excerpt(line))
        }
        if words[1] == "2" { videos.append(className + "/" + withoutSuffix(first)) }
      } else {
        guard let video = videoName(first) else {
          throw .badSplitList(path: list.path, line: number + 1, text: excerpt(line))
        }
        videos.append(video)
      }
    }
    return videos
  }

  /// `<class>/<video>` of a path of frames, of a video file, or of `joint_positions.mat`.
  private static func videoName(_ path: String) -> String? {
    var parts = path.split(separator: "/").map(String.init)
    if parts.last == "joint_positions.mat" { parts.removeLast() }
    guard let video = parts.popLast(), let className = parts.popLast() else { return nil }
    return className + "/" + withoutSuffix(video)
  }

  private static func withoutSuffix(_ name: String) -> String {
    name.hasSuffix(".avi") ? String(name.dropLast(4)) : name
  }

  private static func excerpt(_ line: Substring) -> String { String(line.prefix(120)) }
}
