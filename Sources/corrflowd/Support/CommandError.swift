/// What a command cannot do, and what to do instead.
enum CommandError: Error, CustomStringConvertible {
  /// A configuration file that cannot be read or parsed.
  case badConfigurationFile(path: String, reason: String)

  var description: String {
    switch self {
    case .badConfigurationFile(let path, let reason):
      "cannot use the configuration file \(path): \(reason)"
    }
  }
}
