import Foundation
import RunStore
import Supervision

/// The part of `/metrics` that tells of steps, data and checkpoints.
enum ScrapeTraining {
  static func write(_ statistics: SupervisorStatistics, _ text: inout PrometheusText) {
    writeSteps(statistics.totals, &text)
    writeData(statistics, &text)
    writeCheckpoints(statistics, &text)
  }

  private static func writeSteps(_ totals: SupervisorTotals, _ text: inout PrometheusText) {
    text.counter("corrflowd_train_steps_total", "Steps done since the daemon started.", Double(totals.steps))
    text.counter("corrflowd_train_clips_total", "Clips trained on since the daemon started.", Double(totals.clips))
    text.counter("corrflowd_train_frames_total", "Frames of these clips.", Double(totals.frames))
    text.counter("corrflowd_train_step_seconds_total", "Wall time of steps.", totals.stepSeconds)
    text.histograms(
      "corrflowd_train_step_duration_seconds", "Wall time of steps, by phase; data is the wait for clips.",
      totals.phases.sorted { $0.key < $1.key }.map { (labels: [("phase", $0.key)], value: $0.value) })
    text.counter("corrflowd_metric_points_total", "Values of metrics recorded.", Double(totals.metricPoints))
  }

  private static func writeData(_ statistics: SupervisorStatistics, _ text: inout PrometheusText) {
    let totals = statistics.totals
    text.counter("corrflowd_train_data_wait_seconds_total", "Time that steps waited for clips.", totals.dataWaitSeconds)
    text.family(
      "corrflowd_decode_files_total", "counter",
      "Videos and folders of frames looked at by scans: ok, or why they cannot be trained on.",
      totals.scannedFiles.sorted { $0.key < $1.key }.map { .init([("result", $0.key)], Double($0.value)) })
    text.gauge(
      "corrflowd_decode_queue_length", "Videos and folders of frames that the scan under way has still to look at.",
      Double(statistics.unscannedFiles))
  }

  private static func writeCheckpoints(_ statistics: SupervisorStatistics, _ text: inout PrometheusText) {
    let totals = statistics.totals
    text.family(
      "corrflowd_checkpoints_total", "counter", "Checkpoints recorded since the daemon started, by kind.",
      CheckpointKind.allCases.map { .init([("kind", $0.rawValue)], Double(totals.checkpoints[$0] ?? 0)) })
    text.family(
      "corrflowd_checkpoint_failures_total", "counter",
      "Checkpoints that could not be written (disk) or not be used (corrupt).",
      CheckpointFailure.allCases.map { .init([("reason", $0.rawValue)], Double(totals.checkpointFailures[$0] ?? 0)) })
    text.histograms(
      "corrflowd_checkpoint_duration_seconds", "Time that training stood still for a checkpoint.",
      [(labels: [], value: totals.checkpointSeconds)])
    if let bytes = totals.lastCheckpointBytes {
      text.gauge("corrflowd_checkpoint_bytes", "Size of the last checkpoint recorded.", Double(bytes))
    }
    if let time = statistics.lastCheckpointAt {
      text.gauge(
        "corrflowd_checkpoint_last_success_timestamp_seconds",
        "When the last checkpoint was recorded, in seconds since 1970.", time.timeIntervalSince1970)
    }
  }
}
