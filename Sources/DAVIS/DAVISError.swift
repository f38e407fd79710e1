import Primitives

/// Why a data set cannot be read or results cannot be scored.
public enum DAVISError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A folder is no data set in the layout of DAVIS 2017.
  case noDataset(root: String, missing: String)
  /// A set without a list.
  case noSuchSet(set: String, path: String, known: [String])
  /// A list that does not name sequences.
  case badList(path: String, reason: String)
  /// There is no folder of results.
  case noResults(path: String)
  /// The system would not read a file or folder.
  case cannotRead(path: String, code: Int32)
  /// A table could not be written.
  case cannotWrite(path: String, reason: String)
  /// What is wrong with the files, all of it. Nothing was scored.
  case unusable([DAVISProblem])

  /// What failed, on which file, and what to do next.
  public var description: String {
    switch self {
    case .noDataset(let root, let missing):
      "\(root) is no DAVIS data set: there is no folder \(missing); give the folder that holds Annotations, "
        + "JPEGImages and ImageSets"
    case .noSuchSet(let set, let path, let known):
      "there is no set '\(set)': \(path) does not exist; "
        + (known.isEmpty ? "there are no lists beside it" : "there are \(known.joined(separator: ", "))")
    case .badList(let path, let reason): "\(path): \(reason); it should hold one name of a sequence a line"
    case .noResults(let path):
      "there is no folder \(path); give the folder that holds one folder of masks a sequence"
    case .cannotRead(let path, let code): "cannot read \(path): \(systemMessage(code)); check its permissions"
    case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
    case .unusable(let problems): DAVISProblem.report(problems)
    }
  }
}
