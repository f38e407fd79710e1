// swift-tools-version: 6.2
import PackageDescription

// One folder under Sources is one layer; a layer uses only layers listed above it in this file.
// CI builds with `--explicit-target-dependency-import-check error`, so that the compiler holds it so.

/// Warnings are errors in CI, and only there: a newer compiler's new warning must not break a user's build.
let strict: [SwiftSetting] = Context.environment["CORRFLOW_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// What `GET /v1/version` calls "git". The scripts below deploy/ set it from git for release builds.
let revision = Context.environment["CORRFLOW_REVISION"] ?? "unknown"

/// Vector kernels are useless unoptimised: a debug build, which is what tests use, optimises them too.
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3"], .when(configuration: .debug))]

/// The reference method of the tests is plain Swift, and slow enough when optimised.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

func layer(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
  name: "corrflow",
  products: [.executable(name: "corrflowd", targets: ["corrflowd"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // System libraries.
    .systemLibrary(name: "CCurl"),
    .systemLibrary(name: "CFFmpeg"),
    .systemLibrary(name: "CMicroHTTPD"),
    .systemLibrary(name: "COpenBLAS"),
    .systemLibrary(name: "CZlib"),

    .target(name: "CBuildInfo", cSettings: [.define("CORRFLOW_REVISION", to: "\"\(revision)\"")]),
    // Files that are served, built in.
    .target(name: "CDashboard", exclude: ["site"]),
    .target(name: "COpenAPI", exclude: ["document"]),

    // Foundations: no knowledge of video or networks.
    .target(name: "CKernels", cSettings: kernelFlags),
    layer("Primitives", [crypto]),
    layer("SafeTensors", []),
    layer("Numerics", ["CKernels"]),

    // Pictures in, gradients out.
    layer("Media", ["CFFmpeg", "CZlib"]),
    layer("Networks", ["CKernels", "Numerics", "Primitives"]),
    layer("CorrespondenceFlow", ["CKernels", "Networks", "Numerics", "Primitives"]),
    layer("Propagation", ["CKernels", "Media", "Networks", "Numerics"]),
    layer("Rendering", ["Media", "Networks", "Numerics"]),
    layer("Datasets", ["CorrespondenceFlow", "Media", "Primitives"]),
    layer("SampleData", ["Media", "Primitives"]),
    layer(
      "Benchmark",
      ["COpenBLAS", "Datasets", "Propagation", "CorrespondenceFlow", "Media", "Networks", "Numerics", "Primitives"]),
    layer("Training", ["Datasets", "CorrespondenceFlow", "Networks", "Numerics", "SafeTensors", "Primitives"]),

    // What a trained network is worth.
    layer("DAVIS", ["Media", "Numerics", "Primitives"]),
    layer("JHMDB", ["CZlib", "Media"]),
    layer(
      "Evaluation", ["DAVIS", "JHMDB", "Rendering", "Propagation", "Media", "Networks", "Numerics", "Primitives"]),

    // Records and commands.
    layer("RunStore", ["Primitives", grdb]),
    layer("Supervision", ["Training", "RunStore", "Datasets", "Primitives", logging]),
    layer("HTTPServer", ["CMicroHTTPD", "Primitives"]),
    layer("Dashboard", ["CDashboard", "HTTPServer", "Primitives"]),
    layer("ControlAPI", ["COpenAPI", "HTTPServer", "Supervision", "RunStore", "Training", "Primitives", logging]),
    layer("ControlClient", ["CCurl", "HTTPServer", "Primitives"]),
    .executableTarget(
      name: "corrflowd",
      dependencies: [
        "CBuildInfo", "ControlAPI", "ControlClient", "Dashboard", "HTTPServer", "Supervision", "RunStore", "Training",
        "Benchmark", "SampleData", "Datasets", "Evaluation", "DAVIS", "JHMDB", "Propagation", "Rendering",
        "CorrespondenceFlow", "Networks", "Media", "Numerics", "SafeTensors", "Primitives",
        argumentParser, lifecycle, logging, signals, yams,
      ],
      swiftSettings: strict),

    // What tests stand on: folders and footage, the method in plain doubles, and a count of allocations.
    .target(name: "TestFiles", path: "Tests/TestFiles", swiftSettings: strict),
    .target(
      name: "ReferenceMethod", dependencies: ["COpenBLAS"], path: "Tests/Reference", swiftSettings: strict + optimised),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),

    tests("PrimitivesTests", ["Primitives"]),
    tests("BenchmarkTests", ["Benchmark", "Primitives"]),
    tests("SafeTensorsTests", ["SafeTensors", "TestFiles"]),
    tests("NumericsTests", ["CKernels", "Numerics", "Primitives"]),
    tests("ReferenceTests", ["ReferenceMethod", "SafeTensors"]),
    tests("MediaTests", ["Media", "TestFiles"]),
    tests("MediaWriterTests", ["CFFmpeg", "Media", "Primitives", "TestFiles"]),
    tests("NetworksTests", ["Networks", "Numerics", "Primitives", "ReferenceMethod"]),
    tests("TwinTests", ["CKernels", "CorrespondenceFlow", "Networks", "Numerics", "Primitives", "ReferenceMethod"]),
    tests(
      "CorrespondenceFlowTests", ["AllocationCounter", "CorrespondenceFlow", "Networks", "Numerics", "Primitives"]),
    tests(
      "ParityTests",
      [
        "CorrespondenceFlow", "Media", "Networks", "Numerics", "Primitives", "Propagation", "ReferenceMethod",
        "SafeTensors",
      ],
      resources: [.copy("Fixtures")]),
    tests(
      "PropagationTests", ["CKernels", "Media", "Networks", "Numerics", "Primitives", "Propagation"]),
    tests("RenderingTests", ["Media", "Networks", "Numerics", "Primitives", "Rendering", "TestFiles"]),
    tests("DAVISTests", ["DAVIS", "Media", "Numerics", "Primitives", "TestFiles"]),
    tests("JHMDBTests", ["CZlib", "JHMDB", "Media", "Primitives", "SampleData", "TestFiles"]),
    tests(
      "EvaluationTests",
      [
        "DAVIS", "Evaluation", "JHMDB", "Media", "Networks", "Numerics", "Primitives", "Propagation", "Rendering",
        "SampleData", "TestFiles",
      ]),
    tests("DatasetsTests", ["CorrespondenceFlow", "Datasets", "Media", "Primitives", "TestFiles"]),
    tests("SampleDataTests", ["Media", "Primitives", "SampleData", "TestFiles"]),
    tests(
      "TrainingTests",
      [
        "CorrespondenceFlow", "Datasets", "Media", "Networks", "Numerics", "Primitives", "SafeTensors", "TestFiles",
        "Training",
      ]),
    tests("RunStoreTests", ["Primitives", "RunStore", grdb]),
    tests("SupervisionTests", ["Primitives", "RunStore", "Supervision", "Training", grdb, logging]),
    tests("HTTPServerTests", ["HTTPServer", "Primitives"]),
    tests("DashboardTests", ["Dashboard", "HTTPServer", "TestFiles"]),
    tests("ControlClientTests", ["ControlClient", "HTTPServer", "Primitives"]),
    tests(
      "ControlAPITests",
      ["ControlAPI", "HTTPServer", "Primitives", "RunStore", "Supervision", "Training", logging]),
    tests(
      "CommandTests",
      [
        "corrflowd", "ControlClient", "DAVIS", "Datasets", "Evaluation", "HTTPServer", "Media", "Networks", "Numerics",
        "Primitives", "Propagation", "Rendering", "RunStore", "SafeTensors", "SampleData", "Supervision", "TestFiles",
        "Training", argumentParser,
      ]),
  ],
  swiftLanguageModes: [.v6]
)
