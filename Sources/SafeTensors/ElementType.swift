/// What one element of a stored tensor is.
///
/// The raw value is the word that stands in a file's header, as the safetensors format defines it. Types of less than a byte
/// are not supported: a file that holds one is refused by name.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  /// Boolean, one byte, 0 or 1.
  case bool = "BOOL"
  /// Unsigned 8-bit integer.
  case uint8 = "U8"
  /// Signed 8-bit integer.
  case int8 = "I8"
  /// 8-bit float with 5 exponent bits.
  case float8e5m2 = "F8_E5M2"
  /// 8-bit float with 4 exponent bits.
  case float8e4m3 = "F8_E4M3"
  /// Signed 16-bit integer.
  case int16 = "I16"
  /// Unsigned 16-bit integer.
  case uint16 = "U16"
  /// IEEE half precision.
  case float16 = "F16"
  /// The upper half of an IEEE single.
  case bfloat16 = "BF16"
  /// Signed 32-bit integer.
  case int32 = "I32"
  /// Unsigned 32-bit integer.
  case uint32 = "U32"
  /// IEEE single precision.
  case float32 = "F32"
  /// Signed 64-bit integer.
  case int64 = "I64"
  /// Unsigned 64-bit integer.
  case uint64 = "U64"
  /// IEEE double precision.
  case float64 = "F64"

  /// Bytes of one element: 1, 2, 4 or 8.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8, .float8e5m2, .float8e4m3: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }
}

/// A Swift type whose memory is exactly one element of a stored tensor.
///
/// The format is little-endian, and so is every machine this project runs on: bytes are copied, not swapped.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The word for this type in a file.
  static var elementType: ElementType { get }
}

extension Float: TensorElement {
  /// `F32`.
  public static var elementType: ElementType { .float32 }
}

extension Double: TensorElement {
  /// `F64`.
  public static var elementType: ElementType { .float64 }
}

extension UInt8: TensorElement {
  /// `U8`.
  public static var elementType: ElementType { .uint8 }
}

extension Int32: TensorElement {
  /// `I32`.
  public static var elementType: ElementType { .int32 }
}

extension UInt32: TensorElement {
  /// `U32`.
  public static var elementType: ElementType { .uint32 }
}

extension Int64: TensorElement {
  /// `I64`.
  public static var elementType: ElementType { .int64 }
}

extension UInt64: TensorElement {
  /// `U64`.
  public static var elementType: ElementType { .uint64 }
}
