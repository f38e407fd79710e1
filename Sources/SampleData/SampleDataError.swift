/// Why sample data could not be made.
public enum SampleDataError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Options out of range; one sentence each.
  case badOptions([String])
  /// The target is a file.
  case notAFolder(path: String)
  /// The target holds things that were not made here; `example` is one of them.
  case notEmpty(path: String, example: String)
  /// A picture or video could not be written: where it would have come to lie, and what is wrong.
  case cannotDraw(path: String, problem: String)
  /// The file system refused something.
  case fileSystem(path: String, reason: String)

  /// What failed, on which path or option, and what to do next.
  public var description: String {
    switch self {
    case .badOptions(let problems):
      "sample data options: \(problems.joined(separator: "; "))"
    case .notAFolder(let path):
      "\(path): this is a file; give the path of a new or empty folder for the sample data"
    case .notEmpty(let path, let example):
      "\(path): the folder holds '\(example)', which is not sample data; give the path of a new or empty folder"
    case .cannotDraw(let path, let problem): "\(path): \(problem)"
    case .fileSystem(let path, let reason):
      "\(path): \(reason); check that the folder is writable and its disk has space (the default set needs 30 MB)"
    }
  }
}
