import Foundation
import Primitives
import RunStore

extension Supervisor {
  /// The time of day, as everything that is recorded has it.
  public var now: Date { edge.now() }

  /// Folders below which data may lie.
  public var dataRoots: [String] { settings.dataRoots.map(\.path) }

  /// All settings of a run, for forms; see `RunTrainer.settings`.
  public var settingsSchema: JSONValue { trainer.settings }
}

extension JobQueue {
  /// The parameters of jobs of one kind, for forms; see `JobExecutor.settings`.
  public func settingsSchema(of kind: JobKind) throws -> JSONValue {
    try executor.settings(of: kind)
  }
}
