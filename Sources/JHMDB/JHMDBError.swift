/// Why joints could not be read or scored.
public enum JHMDBError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file or folder that the system would not read.
  case unreadable(path: String, reason: String)
  /// A file that the system would not write.
  case unwritable(path: String, reason: String)
  /// A file of joints that is not what it should be.
  case badJointFile(path: String, problem: String)
  /// A folder that is not laid out as JHMDB is.
  case notJHMDB(path: String, problem: String)
  /// A split list that cannot be understood.
  case badSplitList(path: String, line: Int, text: String)
  /// A split that has no lists, although others have.
  case noSuchSplit(path: String, split: Int, known: [Int])
  /// A split none of whose videos is there.
  case emptySplit(path: String, split: Int, listed: Int, present: Int)
  /// Videos that cannot be used; one sentence each.
  case badVideos(path: String, problems: [String])
  /// Predictions that do not fit the videos; one sentence each.
  case badPredictions(path: String, problems: [String])

  /// What failed, on which file, and what to do next.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot be read (\(reason)); check the path and its permissions"
    case .unwritable(let path, let reason):
      "\(path): cannot be written (\(reason)); check that its folder exists, is writable and has space"
    case .badJointFile(let path, let problem):
      "\(path): \(problem); it should be a MATLAB level 5 file with 'pos_img', [2, joints, frames]: copy it again, "
        + "or save it again in MATLAB with -v7"
    case .notJHMDB(let path, let problem):
      "\(path): \(problem); a JHMDB folder holds joint_positions/<class>/<video>/joint_positions.mat and "
        + "Rename_Images/<class>/<video>/00001.png, 00002.png, ..."
    case .badSplitList(let path, let line, let text):
      "\(path), line \(line): '\(text)' is not understood; a line is '<video>.avi 1' for training or "
        + "'<video>.avi 2' for testing, in testlist_split<N>.txt the path of a video's joints or frames"
    case .noSuchSplit(let path, let split, let known):
      "\(path): there are no lists of split \(split), only of \(known.map(String.init).joined(separator: ", ")); "
        + "choose one of these, or all videos"
    case .emptySplit(let path, let split, let listed, let present):
      "\(path): none of the \(listed) test videos of split \(split) is there, \(present) other(s) are; "
        + "choose another split, or all videos"
    case .badVideos(let path, let problems):
      Self.list(problems, "\(path): \(problems.count) problem(s) with its videos; mend or remove these")
    case .badPredictions(let path, let problems):
      Self.list(
        problems,
        "\(path): \(problems.count) problem(s) with the predictions; the format is {\"videos\": "
          + "{\"<class>/<video>\": [frame, ...]}}, a frame is one [x, y] or null for each joint, in image pixels from 0"
      )
    }
  }

  private static func list(_ problems: [String], _ heading: String) -> String {
    ([heading + ":"] + problems.map { "  " + $0 }).joined(separator: "\n")
  }
}
