import CorrespondenceFlow
import Datasets
import Testing

struct SamplerTests {
  @Test(arguments: [1, 2, 7, 100])
  func eachEpochVisitsEachClipOnce(count: Int) {
    let sampler = ClipSampler(clipCount: count, seed: 5)
    for epoch in 0..<3 {
      let clips = (0..<count).map { sampler.clip(ofSample: epoch * count + $0) }
      #expect(clips.sorted() == Array(0..<count))
    }
  }

  @Test func epochsAndSeedsDiffer() {
    let sampler = ClipSampler(clipCount: 100, seed: 5), other = ClipSampler(clipCount: 100, seed: 6)
    let first = (0..<100).map { sampler.clip(ofSample: $0) }
    #expect(first != (100..<200).map { sampler.clip(ofSample: $0) })
    #expect(first != (0..<100).map { other.clip(ofSample: $0) })
    #expect(first != Array(0..<100))
  }

  @Test func aSampleIsTheSameHoweverItIsReached() {
    let forward = ClipSampler(clipCount: 10, seed: 5)
    let all = (0..<60).map { forward.clip(ofSample: $0) }
    let backward = ClipSampler(clipCount: 10, seed: 5)
    #expect((0..<60).reversed().map { backward.clip(ofSample: $0) } == all.reversed())
    #expect(ClipSampler(clipCount: 10, seed: 5).clip(ofSample: 37) == all[37])
  }

  @Test func clipsDoNotOverlapAndEndWithTheVideo() {
    var video = CatalogueItem(relativePath: "a.mp4", kind: .video, sizeBytes: 1, modifiedNanoseconds: 1)
    video.frameCount = 60
    video.durationSeconds = 2
    var frames = CatalogueItem(relativePath: "b", kind: .frameFolder, sizeBytes: 1, modifiedNanoseconds: 1)
    frames.frameCount = 21
    var rejected = video
    rejected.rejection = Rejection(reason: .unreadable, detail: "")
    let catalogue = Catalogue(root: "/data", items: [video, rejected, frames])
    let clips = catalogue.clips(frames: 3, rate: 6, frameStride: 4)
    #expect(clips.map(\.item) == [0, 0, 0, 0, 2, 2])
    #expect(clips.map(\.firstSample) == [0, 3, 6, 9, 0, 3])
    #expect(catalogue.clips(frames: 8, rate: 6, frameStride: 4).map(\.item) == [0])
    #expect(catalogue.clips(frames: 3, rate: 1, frameStride: 11).isEmpty)
  }
}
