import Foundation
import Glibc

/// What this process uses of the machine, from `/proc/self`.
public struct ProcessUsage: Sendable, Equatable {
  /// User and system time, in seconds.
  public var cpuSeconds: Double
  /// Resident memory, in bytes.
  public var residentBytes: Double
  /// Virtual memory, in bytes.
  public var virtualBytes: Double
  /// Threads.
  public var threads: Int
  /// Open descriptors.
  public var openDescriptors: Int
  /// Most descriptors that may be open.
  public var descriptorLimit: Double

  /// As of now; nil without a `/proc`.
  public static func current() -> ProcessUsage? {
    guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    else { return nil }
    return ProcessUsage(stat: text, openDescriptors: descriptors.count)
  }

  /// Fields of `/proc/PID/stat` (proc(5)): utime 14, stime 15, num_threads 20, vsize 23, rss 24, counted from 1. The second
  /// field is the program's name in parentheses and may hold blanks, so counting begins behind the last parenthesis.
  init?(stat: String, openDescriptors: Int) {
    guard let end = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
      let threads = Int(fields[17]), let virtual = Double(fields[20]), let pages = Double(fields[21])
    else { return nil }
    cpuSeconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    self.threads = threads
    virtualBytes = virtual
    residentBytes = pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    self.openDescriptors = openDescriptors
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    descriptorLimit = Double(limit.rlim_cur)
  }
}
