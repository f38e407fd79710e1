import CorrespondenceFlow
import Foundation
import Primitives
import Testing

@testable import Training

@Suite("Run configuration")
struct ConfigurationTests {
  @Test("The defaults are the published constants")
  func defaults() {
    let configuration = RunConfiguration()
    #expect(configuration.batchSize == 6)
    #expect(configuration.frames == 3)
    #expect(configuration.height == 256 && configuration.width == 256)
    #expect(configuration.frameRate == 6)
    #expect(configuration.attentionRadius == 6)
    #expect(configuration.colourDropoutKeepProbability == 0.3)
    #expect(configuration.colourJitterProbability == 0.1)
    #expect(configuration.samplingStart == 0.9 && configuration.samplingEnd == 0.6)
    #expect(configuration.cycleWeight == 0.1)
    #expect(configuration.learningRate == 2e-4)
    #expect(configuration.learningRateHalvings == [400_000, 600_000, 800_000, 1_000_000])
    #expect(configuration.adamBeta1 == 0.9 && configuration.adamBeta2 == 0.999 && configuration.adamEpsilon == 1e-8)
    #expect(!configuration.scaleAffinity)
    #expect(configuration.centroids == .published)
  }

  @Test("Frames are stretched in the published profile and cropped in the corrected one, unless fit is given")
  func fitFollowsTheProfile() throws {
    #expect(try RunConfiguration(validating: [:]).fit == .crop)
    #expect(try RunConfiguration(validating: ["profile": "published"]).fit == .stretch)
    #expect(try RunConfiguration(validating: ["profile": "published", "fit": "crop"]).fit == .crop)
    #expect(try RunConfiguration(validating: ["fit": "stretch"]).fit == .stretch)
  }

  @Test("All defaults are valid")
  func defaultsAreValid() throws {
    for profile in RunConfiguration.Profile.allCases {
      try RunConfiguration(profile: profile).validate()
    }
  }

  @Test("Every property has a row in the table, with a key of its own")
  func tableIsComplete() {
    let properties = Mirror(reflecting: RunConfiguration()).children.compactMap(\.label)
    let keys = ConfigurationField.all.map(\.key)
    #expect(Set(keys).count == keys.count)
    #expect(Set(keys.map { $0.replacing("_", with: "") }) == Set(properties.map { $0.lowercased() }))
  }

  @Test("All issues are reported at once, each with its pointer")
  func allIssuesAtOnce() {
    let issues = issues(
      of: [
        "batch_size": 100, "colour_dropout": "yes", "frames": 2.5, "height": 100, "learning_rte": 0.1,
        "learning_rate_halvings": [3, 2], "profile": "fast", "a/b~c": 1, "centroids": [[1, 2]], "initial_weights": "",
        "sampling_start": 1.5, "steps": 7,
      ], pointer: "/config")
    #expect(
      issues.map(\.pointer) == [
        "/config/a~1b~0c", "/config/batch_size", "/config/centroids", "/config/colour_dropout", "/config/frames",
        "/config/height", "/config/initial_weights", "/config/learning_rate_halvings", "/config/learning_rte",
        "/config/profile", "/config/sampling_start",
      ])
  }

  @Test(
    "A message says what would be right and quotes what was given",
    arguments: [
      ("batch_size", 100, "must be an integer from 1 to 64, got 100"),
      ("batch_size", "6", "must be an integer from 1 to 64, got \"6\""),
      ("batch_size", .null, "must be an integer from 1 to 64, got null"),
      ("height", 100, "must be a multiple of 8 from 32 to 1024, got 100"),
      ("frame_rate", 0, "must be a number from 0.1 to 240.0, got 0"),
      ("fit", "squeeze", "must be \"crop\" or \"stretch\", got \"squeeze\""),
      ("scale_affinity", 1, "must be true or false, got 1"),
      ("initial_weights", 3, "must be a path, or null for none, got 3"),
      ("bach_size", 3, "no such field; did you mean \"batch_size\"?"),
      ("batch-size", 3, "no such field; did you mean \"batch_size\"?"),
      ("zzzzzzzz", 3, "no such field; `corrflowd config` lists all"),
    ] as [(String, JSONValue, String)])
  func message(key: String, value: JSONValue, message: String) {
    #expect(issues(of: .object([key: value])) == [ConfigurationIssue(pointer: "/\(key)", detail: message)])
  }

  @Test(
    "Values at both ends of a range are accepted, and those just outside are not",
    arguments: ConfigurationField.all)
  func rangeEnds(field: ConfigurationField) {
    let (inside, outside) = samples(of: field.kind)
    for value in inside {
      #expect(issues(of: .object([field.key: value])).isEmpty, "\(field.key) = \(value)")
    }
    for value in outside {
      #expect(issues(of: .object([field.key: value])).count == 1, "\(field.key) = \(value)")
    }
  }

  @Test("A configuration that is no object is one issue")
  func notAnObject() {
    #expect(
      issues(of: [1, 2], pointer: "/config")
        == [ConfigurationIssue(pointer: "/config", detail: "must be an object, got an array of 2")])
  }

  @Test("A configuration survives JSON, with every field changed")
  func roundTrip() throws {
    var configuration = RunConfiguration(profile: .published)
    configuration.steps = 17
    configuration.fit = .crop
    configuration.attention = .full
    configuration.learningRate = 1.0 / 3
    configuration.learningRateHalvings = []
    configuration.centroids = .explicit(.published)
    configuration.initialWeights = "weights/first.safetensors"
    configuration.scheduledSampling = false
    let data = try JSONEncoder().encode(configuration)
    #expect(try JSONDecoder().decode(RunConfiguration.self, from: data) == configuration)
    #expect(String(decoding: data, as: UTF8.self).contains("\"learning_rate_halvings\":[]"))
  }

  @Test("Decoding an invalid configuration throws its issues")
  func decodingThrowsIssues() {
    #expect(throws: ConfigurationIssues(pointer: "/frames", detail: "must be an integer from 2 to 8, got 9")) {
      try JSONDecoder().decode(RunConfiguration.self, from: Data(#"{"frames": 9}"#.utf8))
    }
  }

  @Test("The description of several issues lists them all")
  func description() {
    let issues = ConfigurationIssues([
      ConfigurationIssue(pointer: "/a", detail: "first"), ConfigurationIssue(pointer: "", detail: "second"),
    ])
    #expect(issues.description == "the configuration has 2 errors:\n  /a: first\n  /: second")
  }

  @Test("The schema has every field, with its default")
  func schema() {
    guard case .object(let properties)? = RunConfiguration.schema["properties"] else {
      Issue.record("no properties")
      return
    }
    #expect(Set(properties.keys) == Set(ConfigurationField.all.map(\.key)))
    #expect(properties["batch_size"]?["maximum"] == 64)
    #expect(properties["fit"]?["default"] == "crop")
  }
}

@Suite("Settings on the command line")
struct SettingsTests {
  @Test(
    "A setting is read as a value of its field",
    arguments: [
      ("batch_size=2", "batch_size", 2), ("colour_dropout=false", "colour_dropout", false),
      ("learning_rate=1e-3", "learning_rate", 0.001), ("fit=crop", "fit", "crop"),
      ("centroids=fitted", "centroids", "fitted"),
      ("learning_rate_halvings=10,20", "learning_rate_halvings", [10, 20]),
      ("learning_rate_halvings=[10,20]", "learning_rate_halvings", [10, 20]),
      ("learning_rate_halvings=", "learning_rate_halvings", []),
      ("initial_weights=123", "initial_weights", "123"), ("initial_weights=null", "initial_weights", .null),
      ("initial_weights=a=b", "initial_weights", "a=b"), ("nonsense=1", "nonsense", 1),
      ("batch_size=two", "batch_size", "two"),
    ] as [(String, String, JSONValue)])
  func value(setting: String, key: String, value: JSONValue) throws {
    #expect(try RunConfiguration.object(ofSettings: [setting]) == [key: value])
  }

  @Test("The last of two settings of a field wins")
  func lastWins() throws {
    #expect(try RunConfiguration.object(ofSettings: ["steps=1", "steps=2"]) == ["steps": 2])
  }

  @Test("Settings without a name or an equals sign are all reported")
  func malformed() {
    #expect {
      try RunConfiguration.object(ofSettings: ["steps", "=3", "frames=3"])
    } throws: { error in
      (error as? ConfigurationIssues)?.issues.map(\.pointer) == ["/steps", "/=3"]
    }
  }

  @Test("Every row of the ablation in the documentation is a configuration that differs from the others")
  func ablationRows() throws {
    let document = repositoryRoot.appending(path: "docs/METHOD.md")
    let text = try String(contentsOf: document, encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.contains("`--set ") && $0.hasPrefix("|") }
    #expect(rows.count >= 6)
    let configurations = try rows.map { row in
      let settings = row.split(separator: "`")[1].split(separator: "--set ").map {
        String($0).trimmingCharacters(in: .whitespaces)
      }
      return try RunConfiguration(validating: .object(RunConfiguration.object(ofSettings: settings)))
    }
    for (index, configuration) in configurations.enumerated() {
      #expect(configuration.profile == .published)
      #expect(!configurations[..<index].contains(configuration), "row \(index) repeats another")
    }
  }

  @Test("Every setting named in the documentation of the method exists")
  func documentedSettings() throws {
    let text = try String(contentsOf: repositoryRoot.appending(path: "docs/METHOD.md"), encoding: .utf8)
    let table = text.split(separator: "\n").drop { !$0.hasPrefix("## One step") }.prefix {
      !$0.hasPrefix("## Profiles")
    }
    for line in table where line.hasPrefix("|") {
      for cell in line.split(separator: "|").last?.split(separator: ",") ?? [] {
        let name = cell.trimmingCharacters(in: .whitespaces)
        guard name.hasPrefix("`"), name.hasSuffix("`") else { continue }
        #expect(ConfigurationField.named(name.trimmingCharacters(in: ["`"])) != nil, "\(name)")
      }
    }
  }
}

/// The folder of the package.
let repositoryRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The issues of `value`, none when it is valid.
private func issues(of value: JSONValue, pointer: String = "") -> [ConfigurationIssue] {
  do {
    _ = try RunConfiguration(validating: value, pointer: pointer)
    return []
  } catch {
    return error.issues
  }
}

/// Values inside and outside of a kind.
private func samples(of kind: ConfigurationField.Kind) -> (inside: [JSONValue], outside: [JSONValue]) {
  switch kind {
  case .boolean: ([true, false], [0, "true", .null, [:]])
  case .integer(let range, let step):
    (
      [.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound)), .number(Double(range.upperBound))],
      [
        .integer(Int64(range.lowerBound - step)), .integer(Int64(range.upperBound + step)), "1", .bool(true),
        .number(Double(range.upperBound) - 0.5), .number(1e300), .null,
      ]
    )
  case .number(let range):
    (
      [.number(range.lowerBound), .number(range.upperBound)],
      [.number(range.lowerBound.nextDown), .number(range.upperBound.nextUp), "1", .bool(false), .number(.nan), .null]
    )
  case .choice(let words): (words.map(JSONValue.string), ["", "none", 1, .null])
  case .ascendingIntegers: ([[], [1], [1, 2, 3]], [[0], [1, 1], [2, 1], ["1"], 1, .null])
  case .path: (["a", .null], ["", 1, true, []])
  case .word: (["val"], ["", "a/b", 1, .null, []])
  case .centroids:
    (
      ["published", "fitted", .array((0..<16).map { [.integer($0), -127.5] })],
      [
        "other", [], .array((0..<15).map { [.integer($0), 0] }), .array((0..<16).map { [.integer($0 + 113), 0] }),
        .array((0..<16).map { [.integer($0)] }), .array((0..<16).map { [.integer($0), "0"] }), 1, .null,
      ]
    )
  }
}
