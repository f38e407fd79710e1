import CorrespondenceFlow
import Foundation
import Media
import Primitives
import Testing
import TestFiles

@testable import Datasets

@Suite(.enabled(if: SharedData.isPresent, "footage is not beside the checkout"), .timeLimit(.minutes(2)))
struct PrefetcherTests {
  let folder: TemporaryFolder
  let catalogue: Catalogue
  let plan = ClipPlan(shape: .init(frames: 3, clips: 2, height: 32, width: 48), seed: 9, jitterProbability: 0.5)

  init() throws {
    folder = try TemporaryFolder()
    for name in ["chair_h264.mov", "chair_vp9.webm", "chair_mpeg4.avi"] {
      try folder.copy(SharedData.video("codecs/" + name), to: name)
    }
    for index in 0..<24 {
      let name = String(format: "%05d.jpg", index)
      try folder.copy(SharedData.path("data/davis/JPEGImages/480p/blackswan/" + name), to: "swan/" + name)
    }
    catalogue = try DatasetScanner().scan(root: folder.url.path)
  }

  private func batches(
    _ count: Int, firstSample: Int = 0, threads: Int = 1, depth: Int = 3, plan: ClipPlan? = nil
  ) throws -> [ClipBatch] {
    let prefetcher = try ClipPrefetcher(
      catalogue: catalogue, plan: plan ?? self.plan, firstSample: firstSample, decoderThreads: threads, depth: depth)
    defer { prefetcher.stop() }
    return try (0..<count).map { _ in
      let batch = try prefetcher.next()
      prefetcher.recycle(batch)
      return batch
    }
  }

  @Test func batchesDoNotDependOnThreadsOrDepth() throws {
    let one = try batches(10)
    #expect(try batches(10, threads: 3, depth: 2) == one)
    #expect(try batches(10, threads: 4, depth: 1) == one)
    #expect(Set(one.map(\.images)).count > 5)
  }

  @Test func aLaterStartGoesOnWithTheSameBatches() throws {
    let all = try batches(10)
    #expect(try batches(3, firstSample: 14, threads: 2) == Array(all[7...]))
  }

  @Test func aBatchIsItsClipsResizedAndClassified() throws {
    var plan = plan
    plan.jitterProbability = 0
    let batch = try batches(1, plan: plan)[0]
    let clips = catalogue.clips(plan.timing)
    let sampler = ClipSampler(clipCount: clips.count, seed: plan.seed),
      classifier = ColourClassifier(centroids: .published)
    for slot in 0..<2 {
      let images = try ClipLoader(catalogue: catalogue, plan: plan).images(of: clips[sampler.clip(ofSample: slot)])
      for (frame, image) in images.enumerated() {
        let start = (frame * 2 + slot) * 32 * 48
        let expected = image.resized(width: 48, height: 32).pixels
        #expect(Array(batch.images[start * 3..<(start + 32 * 48) * 3]) == expected)
        for pixel in 0..<32 * 48 {
          let lab = classifier.lab(expected[pixel * 3], expected[pixel * 3 + 1], expected[pixel * 3 + 2])
          #expect(batch.classes[start + pixel] == classifier.colourClass(a: lab.a, b: lab.b))
        }
      }
    }
  }

  @Test func classesAreOfTheFramesBeforeJitter() throws {
    var plain = plan, jittered = plan
    plain.jitterProbability = 0
    jittered.jitterProbability = 1
    let one = try batches(4, plan: plain), other = try batches(4, plan: jittered)
    #expect(one.map(\.classes) == other.map(\.classes))
    #expect(zip(one, other).allSatisfy { $0.images != $1.images })
  }

  @Test func croppingKeepsTheAspectRatio() throws {
    var plan = plan
    plan.fit = .crop
    let image = try ClipLoader(catalogue: catalogue, plan: plan).images(of: ClipReference(item: 0, firstSample: 0))[0]
    let fitted = ClipLoader(catalogue: catalogue, plan: plan).fitted(image)
    #expect(fitted == image.croppedToAspect(width: 48, height: 32).resized(width: 48, height: 32))
  }

  @Test func aClipThatCannotBeDecodedIsReplacedAndReported() throws {
    let good = try batches(8)
    try folder.overwriteKeepingTime("chair_vp9.webm")
    let problems = Lock<[ClipProblem]>([])
    func run(threads: Int, firstSample: Int = 0, count: Int = 8) throws -> [ClipBatch] {
      let prefetcher = try ClipPrefetcher(
        catalogue: catalogue, plan: plan, firstSample: firstSample, decoderThreads: threads
      ) { problem in
        problems.withLock { $0.append(problem) }
      }
      defer { prefetcher.stop() }
      return try (0..<count).map { _ in try prefetcher.next() }
    }
    let replaced = try run(threads: 1)
    let seen = problems.withLock { $0 }
    #expect(seen.count > 0 && seen.allSatisfy { $0.relativePath == "chair_vp9.webm" })
    #expect(seen[0].problem.contains("not a readable video"))
    #expect(replaced != good)
    #expect(zip(replaced, good).contains { $0 == $1 })
    #expect(try run(threads: 3) == replaced)
    #expect(try run(threads: 2, firstSample: 6, count: 5) == Array(replaced[3...]))
  }

  @Test func aVanishedFolderIsAnErrorThatNamesIt() throws {
    let prefetcher = try ClipPrefetcher(catalogue: catalogue, plan: plan, depth: 1)
    defer { prefetcher.stop() }
    _ = try prefetcher.next()
    try FileManager.default.removeItem(at: folder.url)
    let error = #expect(throws: DatasetError.self) { while true { _ = try prefetcher.next() } }
    #expect(error == .rootMissing(root: catalogue.root))
    #expect(throws: DatasetError.rootMissing(root: catalogue.root)) { try prefetcher.next() }
  }

  @Test func aFolderWhoseFilesAreAllDamagedIsAnError() throws {
    for item in catalogue.items where item.kind == .video { try folder.overwriteKeepingTime(item.relativePath) }
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("swan"))
    let prefetcher = try ClipPrefetcher(catalogue: catalogue, plan: plan)
    let error = #expect(throws: DatasetError.self) { try prefetcher.next() }
    #expect(error?.description.contains("32 clips in a row could not be decoded") == true)
    #expect(error?.description.contains(catalogue.root) == true)
  }

  @Test func stoppingWakesWhoWaitsAndEndsTheThreads() throws {
    let prefetcher = try ClipPrefetcher(catalogue: catalogue, plan: plan, decoderThreads: 2, depth: 2)
    let outcome = Lock<DatasetError?>(nil)
    let reader = try WorkerThread(name: "reader") {
      do throws(DatasetError) {
        while true { _ = try prefetcher.next() }
      } catch {
        outcome.withLock { $0 = error }
      }
    }
    Thread.sleep(forTimeInterval: 0.05)
    prefetcher.stop()
    reader.join()
    prefetcher.stop()
    #expect(outcome.withLock { $0 } == .stopped)
    #expect(throws: DatasetError.stopped) { try prefetcher.next() }
  }

  @Test func stoppingWhileTheQueueIsFullReturns() throws {
    let prefetcher = try ClipPrefetcher(catalogue: catalogue, plan: plan, decoderThreads: 2, depth: 1)
    _ = try prefetcher.next()
    Thread.sleep(forTimeInterval: 0.3)
    prefetcher.stop()
  }

  @Test func plansThatCannotBeAreErrors() throws {
    var long = plan
    long.shape.frames = 8
    long.rate = 1
    #expect(throws: DatasetError.self) { try ClipPrefetcher(catalogue: catalogue, plan: long) }
    for change: (inout ClipPlan) -> Void in [
      { $0.rate = 0 }, { $0.rate = .nan }, { $0.frameStride = 0 }, { $0.shape.clips = 0 }, { $0.jitterProbability = 2 },
    ] {
      var bad = plan
      change(&bad)
      #expect(throws: DatasetError.self) { try ClipPrefetcher(catalogue: catalogue, plan: bad) }
    }
    #expect(throws: DatasetError.self) { try ClipPrefetcher(catalogue: catalogue, plan: plan, firstSample: -1) }
  }

  @Test func centroidsAreFittedToTheVideos() throws {
    let result = try catalogue.fitCentroids(clips: 20, pixelsPerFrame: 100, seed: 1)
    #expect(result.populations.reduce(0, +) == 20 * 100)
    #expect(result.meanSquaredDistance < 30)
    #expect(try catalogue.fitCentroids(clips: 20, pixelsPerFrame: 100, seed: 1) == result)
  }

  @Test func onlySoManyBatchesAreDecodedAhead() {
    var queue = BatchQueue(depth: 2)
    let empty = ClipBatch(shape: .init(frames: 2, clips: 1, height: 1, width: 1))
    #expect(queue.start()?.index == 0)
    #expect(queue.start()?.index == 1)
    #expect(!queue.canStart)
    queue.finish(1, .success(empty))
    #expect(!queue.canDeliver)
    queue.finish(0, .success(empty))
    #expect(queue.canDeliver && !queue.canStart)
    _ = queue.deliver()
    #expect(queue.canStart && queue.canDeliver)
  }

  @Test func aBatchThatIsGivenBackIsFilledAgain() {
    var queue = BatchQueue(depth: 2)
    queue.spare(ClipBatch(shape: .init(frames: 2, clips: 1, height: 1, width: 1)))
    #expect(queue.start()?.spare != nil)
    #expect(queue.start()?.spare == nil)
  }
}
