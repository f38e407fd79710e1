import Glibc

/// What the C library says of an `errno` value, for instance "No space left on device".
public func systemMessage(_ code: Int32) -> String {
  String(cString: strerror(code))
}
