import Foundation
import Primitives
import Testing

@testable import RunStore

@Suite(.timeLimit(.minutes(1))) struct EventHubTests {
  private func next(_ hub: EventHub, after position: EventHub.Position) -> EventHub.Batch {
    hub.events(after: position, seconds: 10) { _ in true }
  }

  @Test func `what is committed is told with its number in the journal`() throws {
    let temporary = try TemporaryStore()
    let hub = temporary.store.events
    let position = hub.position
    let run = try temporary.makeRun()
    let batch = next(hub, after: position)
    #expect(batch.events.map(\.topic) == [.dataset, .runState])
    let event = try require(batch.events.last)
    #expect(event.runID == run.id && event.data["to"] == "queued")
    #expect(event.sequence == (try temporary.store.lastEventSequence()))
    #expect(batch.position.sequence == event.sequence)
    #expect(next(hub, after: position).events == batch.events)
  }

  @Test func `what is not committed is not told`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    let position = temporary.store.events.position
    #expect(throws: Missing.self) {
      try temporary.store.changeRun(run.id, at: temporary.tick()) { _ in throw Missing() }
    }
    #expect(temporary.store.events.events(after: position, seconds: 0) { _ in true }.events.isEmpty)
  }

  @Test func `a store that is opened again does not tell what happened before`() throws {
    let temporary = try TemporaryStore()
    _ = try temporary.makeRun()
    try temporary.store.close()
    let again = try Store(stateDirectory: temporary.directory)
    #expect(again.events.position.sequence == (try again.lastEventSequence()))
    _ = try again.registerDataset(id: temporary.makeID(), name: nil, root: "/other", at: temporary.tick())
    #expect(next(again.events, after: EventHub().position).events.count == 1)
    try again.close()
  }

  @Test func `lines of logs pass without a number`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRun()
    let position = temporary.store.events.position
    try temporary.store.appendLog(run: run.id, level: .info, message: "hello", at: temporary.tick())
    let event = try require(next(temporary.store.events, after: position).events.first)
    #expect(event.topic == .log && event.sequence == nil && event.data["line"]?["message"] == "hello")
  }

  @Test func `progress is told twice a second at most, and the last before the next change of state`() throws {
    let temporary = try TemporaryStore()
    let run = try temporary.makeRunningRun()
    let hub = temporary.store.events
    let position = hub.position
    let begin = temporary.tick()
    for step in 0..<10 {
      let time = begin.addingTimeInterval(Double(step) * 0.1)
      let event = LiveEvent(.runProgress, run: run.id, data: ["step": .integer(Int64(step))], at: time)
      hub.report([event], about: run.id, at: time)
    }
    try temporary.store.changeRun(run.id, at: begin) { _ in RunChange(to: .pausing) }
    let events = next(hub, after: position).events
    #expect(events.map { $0.data["step"] }.prefix(3) == [0, 5, 9])
    #expect(events.map(\.topic) == [.runProgress, .runProgress, .runProgress, .runState])
  }

  @Test func `a number that JSON cannot express is null`() {
    let event = LiveEvent(.metric, run: nil, data: ["loss": .number(.nan)], at: Date())
    #expect(event.data == ["loss": .null])
  }

  @Test func `who is too slow is told so`() {
    let hub = EventHub()
    let position = hub.position
    for index in 0..<5000 {
      let subject = Self.id(index)
      hub.report([LiveEvent(.metric, run: nil, data: [:], at: Date())], about: subject, at: Date())
    }
    let batch = next(hub, after: position)
    #expect(batch.isIncomplete && batch.events.isEmpty)
    #expect(batch.position == hub.position)
  }

  @Test func `whoever waits is woken by an event, and by the end`() throws {
    let hub = EventHub()
    let position = hub.position
    let isDone = Lock(0)
    let threads = try (0..<16).map { _ in
      try WorkerThread(name: "waits") {
        let first = hub.events(after: position, seconds: 60) { $0.topic == .checkpoint }
        let second = hub.events(after: first.position, seconds: 60) { _ in true }
        if first.events.count == 1, second.isClosed { isDone.withLock { $0 += 1 } }
      }
    }
    let id = Self.id(0)
    hub.report([LiveEvent(.log, run: nil, data: [:], at: Date())], about: id, at: .distantPast)
    hub.report([LiveEvent(.checkpoint, run: nil, data: [:], at: Date())], about: id, at: .distantFuture)
    // Each has taken the event before the hub is closed, or takes it then.
    hub.close()
    for thread in threads { #expect(thread.join(seconds: 30)) }
    #expect(isDone.withLock { $0 } == 16)
  }

  private static func id(_ index: Int) -> ULID {
    var random = CounterRandom(seed: 3, purpose: .test, index: UInt64(index))
    return ULID(time: Date(timeIntervalSince1970: Double(index)), random: &random)
  }
}
