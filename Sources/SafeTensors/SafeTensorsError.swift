/// Why a safetensors file cannot be read or written.
public enum SafeTensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case unreadable(path: String, reason: String)
  /// The file ends before what its header promises.
  case truncated(path: String, expectedBytes: Int, actualBytes: Int)
  /// The file goes on after what its header promises.
  case trailingBytes(path: String, expectedBytes: Int, actualBytes: Int)
  /// The header is not what the format prescribes.
  case malformedHeader(path: String, reason: String)
  /// The header's entry of one tensor contradicts itself or another tensor.
  case malformedTensor(path: String, tensor: String, reason: String)
  /// The file has no tensor of this name.
  case missingTensor(path: String, tensor: String)
  /// The tensor's elements are of another type than was asked for.
  case wrongElementType(path: String, tensor: String, expected: ElementType, found: ElementType)
  /// The tensor's shape is another than was asked for.
  case wrongShape(path: String, tensor: String, expected: [Int], found: [Int])
  /// What was handed to the writer cannot be stored.
  case unwritableTensor(path: String, tensor: String, reason: String)
  /// The system refused to write.
  case writeFailed(path: String, reason: String)

  /// What failed, on which file and tensor, and what to do next.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot read \(path): \(reason); check that the file exists and may be read"
    case .truncated(let path, let expected, let actual):
      "\(path) is truncated: \(actual) bytes of \(expected); copy it again, or take an earlier checkpoint"
    case .trailingBytes(let path, let expected, let actual):
      "\(path) has \(actual) bytes where its header describes \(expected); it was altered: copy it again"
    case .malformedHeader(let path, let reason):
      "\(path) is not a valid safetensors file: \(reason); it was altered, or is of another format"
    case .malformedTensor(let path, let tensor, let reason):
      "\(path): the header's entry of tensor '\(tensor)' is wrong: \(reason); the file was altered: copy it again"
    case .missingTensor(let path, let tensor):
      "\(path) has no tensor '\(tensor)'; it belongs to another network, or to another version of this program"
    case .wrongElementType(let path, let tensor, let expected, let found):
      "\(path): tensor '\(tensor)' is \(found.rawValue), expected \(expected.rawValue); convert it before importing"
    case .wrongShape(let path, let tensor, let expected, let found):
      "\(path): tensor '\(tensor)' has shape \(found), expected \(expected); it belongs to another network"
    case .unwritableTensor(let path, let tensor, let reason):
      "cannot store tensor '\(tensor)' in \(path): \(reason)"
    case .writeFailed(let path, let reason):
      "cannot write \(path): \(reason); free some space or choose another folder, then try again"
    }
  }
}
