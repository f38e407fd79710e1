import HTTPServer
import Primitives
import RunStore
import Testing
import Training

@testable import ControlAPI

/// The document against the router, both ways, and against the types that it repeats.
@Suite(.timeLimit(.minutes(10))) struct OpenAPITests {
  let daemon: TestDaemon
  let document: OpenAPIReader

  init() throws {
    daemon = try TestDaemon()
    document = OpenAPIReader(try daemon.ask("GET", "/openapi.json").json)
  }

  @Test func `every route is in the document, and every operation of the document has a route`() {
    let routes = daemon.router.routes.map { "\($0.method) \(Self.path($0))" }
    #expect(Set(routes) == Set(document.operations.map { "\($0.method) \($0.path)" }))
    #expect(routes.count == document.operations.count)
  }

  @Test func `without a queue of jobs the document has no routes for them`() throws {
    let daemon = try TestDaemon(hasJobs: false)
    let document = OpenAPIReader(try daemon.ask("GET", "/openapi.json").json)
    #expect(Set(document.operations.map(\.path)) == Set(daemon.router.routes.map(Self.path)))
    #expect(document.brokenReferences == [])
  }

  @Test func `the parameters in a path are those of its template`() {
    for operation in document.operations {
      let names = operation.path.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
      #expect(document.parameters(of: operation, in: "path") == Set(names), "\(operation.path)")
    }
  }

  @Test func `the query parameters are those that the handler reads`() throws {
    for operation in document.operations {
      let reply = try daemon.ask(operation.method, "\(try target(operation))?nonsense=1", [:])
      let fault = reply.json["errors"]?.elements.first { $0["pointer"] == "?nonsense" }
      let accepted = Self.accepted(fault?["detail"]?.stringValue ?? "")
      #expect(
        document.parameters(of: operation, in: "query") == accepted, "\(operation.method) \(operation.path)")
    }
  }

  @Test func `the members of a body are those that the handler reads`() throws {
    for operation in document.operations where operation.json["requestBody"] != nil {
      let reply = try daemon.ask(operation.method, try target(operation), ["nonsense": 1])
      let fault = reply.json["errors"]?.elements.first { $0["pointer"] == "/nonsense" }
      let accepted = Self.accepted(fault?["detail"]?.stringValue ?? "")
      #expect(document.bodyMembers(of: operation) == accepted, "\(operation.method) \(operation.path)")
      #expect(fault != nil, "\(operation.method) \(operation.path) takes any member")
    }
  }

  @Test func `every reference leads somewhere, operations have names of their own, links lead to operations`() {
    #expect(document.brokenReferences == [])
    let names = document.operations.compactMap { $0.json["operationId"]?.stringValue }
    #expect(names.count == document.operations.count)
    #expect(Set(names).count == names.count)
    #expect(document.linkedOperations.subtracting(names) == [])
  }

  @Test func `every operation documents what a stranger, a mistake and a fault are answered with`() {
    for operation in document.operations {
      let statuses = Set(operation.json["responses"]?.members.keys.map { $0 } ?? [])
      #expect(statuses.isSuperset(of: ["400", "401", "403", "421", "429", "500", "default"]), "\(operation.path)")
      if operation.path.contains("{") { #expect(statuses.contains("404"), "\(operation.path)") }
      if operation.json["requestBody"] != nil {
        #expect(statuses.isSuperset(of: ["413", "415"]), "\(operation.path)")
      }
    }
  }

  @Test func `words that the document repeats are those of the program`() {
    func words<Word: RawRepresentable<String> & CaseIterable>(_ type: Word.Type) -> [JSONValue] {
      type.allCases.map { .string($0.rawValue) }
    }
    #expect(document.words("RunState") == words(RunState.self))
    #expect(document.words("ExitReason") == words(ExitReason.self))
    #expect(document.words("JobState") == words(JobState.self))
    #expect(document.words("DatasetState") == words(DatasetState.self))
    #expect(document.words("EventTopic") == words(EventTopic.self))
    #expect(document.schema("Checkpoint")["properties"]?["kind"]?["enum"]?.elements == words(CheckpointKind.self))
    #expect(document.schema("Checkpoint")["properties"]?["state"]?["enum"]?.elements == words(CheckpointState.self))
  }

  @Test func `the schema of a run's settings is the one by which they are read`() throws {
    let schema = try JSONParser.parse(JSONText.bytes(of: RunConfiguration.schema))
    #expect(document.schema("RunConfiguration") == schema)
    #expect(document.schema("RunConfiguration")["properties"]?.members.count == ConfigurationField.all.count)
  }

  @Test func `what an operation says of a status counts more than what holds for every one`() {
    let completed = OpenAPICompletion.complete([
      "x-every-operation": ["responses": ["400": ["description": "usual"], "500": ["description": "usual"]]],
      "x-every-body": ["responses": ["413": ["description": "usual"]]],
      "paths": ["/a": ["get": ["responses": ["400": ["description": "own"]]], "parameters": []]],
    ])
    let responses = completed["paths"]?["/a"]?["get"]?["responses"]
    #expect(responses?["400"]?["description"] == "own")
    #expect(responses?["500"]?["description"] == "usual")
    #expect(responses?["413"] == nil)
    #expect(responses?["400"]?["headers"]?["X-Request-Id"] != nil)
    #expect(completed["x-every-operation"] == nil)
    #expect(completed["paths"]?["/a"]?["parameters"] == [])
  }

  @Test func `it tells its version and is tagged`() throws {
    let reply = try daemon.ask("GET", "/openapi.json")
    #expect(reply.json["openapi"] == "3.1.0")
    #expect(reply.json["info"]?["version"] == "0.1.0")
    #expect(reply.headers["Content-Type"] == "application/json; charset=utf-8")
    let tag = try #require(reply.headers["ETag"])
    #expect(try daemon.ask("GET", "/openapi.json", headers: ["If-None-Match": tag]).status == 304)
  }

  /// The path of a route as OpenAPI writes it: a parameter that may hold slashes looks like any other.
  private static func path(_ route: Route) -> String {
    route.template.description.replacing("...}", with: "}")
  }

  /// A path to ask; a handler of datasets looks for the dataset before it reads the query.
  private func target(_ operation: OpenAPIReader.Operation) throws -> String {
    let dataset = try daemon.ask("POST", "/v1/datasets", ["path": .string(daemon.videos.path)]).json["id"]?.stringValue
    let id = operation.path.hasPrefix("/v1/datasets/") ? dataset : "01M84P2RXH6KV27PC6BKE4DE48"
    return operation.path.replacing("{id}", with: id ?? "").replacing("{key}", with: "loss")
      .replacing("{name}", with: "a.png")
  }

  /// The names in "...; accepted: a, b".
  private static func accepted(_ detail: String) -> Set<String> {
    guard let range = detail.firstRange(of: "accepted: ") else { return [] }
    return Set(detail[range.upperBound...].split(separator: ", ").map(String.init))
  }
}
