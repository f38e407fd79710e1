import DAVIS
import Evaluation
import Foundation
import JHMDB
import Networks
import Numerics
import Primitives
import Propagation
import Rendering
import RunStore
import SafeTensors
import Supervision
import Training

/// Carries out jobs for the daemon: evaluations, propagations and pictures, as the commands do.
struct AnalysisExecutor: JobExecutor {
  func resolve(_ request: JobRequest) throws -> ResolvedJob {
    let plan = try JobPlan(request)
    try check(request, plan)
    return ResolvedJob(
      request: request, parameters: try plan.json(of: request.task), step: try step(of: request.weights))
  }

  func settings(of kind: JobKind) throws -> JSONValue {
    try AnalysisForm.settings(of: kind)
  }

  /// Says what can be known of data and weights without decoding.
  private func check(_ request: JobRequest, _ plan: JobPlan) throws {
    switch request.task {
    case .davis2017:
      let dataset = try pointing(to: "/data") { try DAVISDataset(root: request.source.path) }
      _ = try pointing(to: "/params/set") { try dataset.sequenceNames(ofSet: plan.set) }
    case .jhmdb, .propagation, .pca, .match: break
    }
    if let file = request.weights?.file {
      try pointing(to: "/checkpoint") { try WeightsFile.check(file, for: EncoderLayout()) }
    }
  }

  /// Steps of training, where the head of the file tells.
  private func step(of weights: JobWeights?) throws -> Int? {
    guard let file = weights?.file else { return nil }
    return try pointing(to: "/checkpoint") {
      try SafeTensorsFile(contentsOf: file).metadata["step"].flatMap { Int($0) }
    }
  }

  private func pointing<Value>(to pointer: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      throw ConfigurationIssues(pointer: pointer, detail: "\(error)")
    }
  }

  func execute(_ job: ResolvedJob, in context: JobContext) throws -> JobOutcome {
    var request = job.request
    request.parameters = job.parameters
    let plan = try JobPlan(request)
    let pool = ThreadPool(threadCount: context.threads)
    let trained = try request.weights.map { try TrainedWeights(file: $0.file, statistics: plan.statistics) }
    let work = AnalysisWork(
      request: request, plan: plan, weights: trained?.weights ?? EncoderWeights(), pool: pool, context: context)
    do {
      var outcome =
        switch request.task {
        case .davis2017: try work.davis()
        case .jhmdb: try work.jhmdb()
        case .propagation: try work.propagation()
        case .pca: try work.components()
        case .match: try work.match()
        }
      if let trained, trained.provenance.statistics != plan.statistics {
        outcome.notes.append("the weights have no clean statistics: the running ones were used")
      }
      return outcome
    } catch RenderingError.cancelled {
      throw CancellationError()
    }
  }
}
