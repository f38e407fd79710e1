import Media

/// Measures one candidate, or finds it among what is known.
struct ItemProbe: Sendable {
  let root: String
  let timing: ClipTiming
  let known: [String: CatalogueItem]

  /// The candidate as an item of the catalogue, usable or rejected.
  func item(for candidate: FolderWalk.Candidate) -> CatalogueItem {
    var item = remembered(candidate) ?? measured(candidate)
    // Whether an item is long enough depends on the clips that are asked for this time.
    if item.rejection?.reason == .tooShort { item.rejection = nil }
    if item.isUsable && timing.clipCount(of: item) == 0 { item.rejection = tooShort(item) }
    return item
  }

  private func remembered(_ candidate: FolderWalk.Candidate) -> CatalogueItem? {
    guard candidate.problem == nil, let item = known[candidate.relativePath], item.kind == candidate.kind,
      item.modifiedNanoseconds == candidate.modifiedNanoseconds
    else { return nil }
    switch candidate.kind {
    case .video: return item.sizeBytes == candidate.sizeBytes ? item : nil
    case .frameFolder: return item.frameCount == candidate.frameCount ? item : nil
    }
  }

  private func measured(_ candidate: FolderWalk.Candidate) -> CatalogueItem {
    var item = CatalogueItem(
      relativePath: candidate.relativePath, kind: candidate.kind, sizeBytes: candidate.sizeBytes,
      modifiedNanoseconds: candidate.modifiedNanoseconds)
    if let problem = candidate.problem {
      item.rejection = Rejection(reason: .unreadable, detail: problem)
      return item
    }
    do throws(MediaError) {
      switch candidate.kind {
      case .video: try measureVideo(&item)
      case .frameFolder: try measureFrames(&item, count: candidate.frameCount)
      }
    } catch {
      item.rejection = Rejection(error)
    }
    return item
  }

  private func measureVideo(_ item: inout CatalogueItem) throws(MediaError) {
    let properties = try VideoFile.probe(path: path(of: item))
    item.codec = properties.codec
    item.container = properties.container
    item.width = properties.width
    item.height = properties.height
    item.rotationDegrees = properties.rotationDegrees
    item.durationSeconds = properties.durationSeconds
    item.frameCount = properties.frameCount
    item.averageFrameRate = properties.averageFrameRate
    if properties.isTruncated, let stated = properties.statedDurationSeconds {
      item.rejection = Rejection(
        reason: .truncated,
        detail: "the file breaks off after \(Self.rounded(properties.durationSeconds)) of \(Self.rounded(stated)) s; "
          + "copy or download it again, or keep what there is: ffmpeg -i FILE -c copy NEW")
    }
  }

  private func measureFrames(_ item: inout CatalogueItem, count: Int) throws(MediaError) {
    item.frameCount = count
    item.container = "frames"
    let folder = try FrameFolder(path: path(of: item))
    let first = try ImageFile.properties(path: folder.path(at: 0))
    item.codec = first.codec
    item.width = first.width
    item.height = first.height
    item.rotationDegrees = 0
    item.sizeBytes = folder.names.indices.reduce(0) { sum, index in
      sum + (FileStatus(path: folder.path(at: index), followsLinks: true)?.sizeBytes ?? 0)
    }
    if first.isIndexed {
      item.rejection = Rejection(
        reason: .labelMasks, detail: "these are masks (images with a palette), not frames; there is nothing to do")
    }
  }

  private func tooShort(_ item: CatalogueItem) -> Rejection {
    let have: String
    switch item.kind {
    case .video: have = "\(Self.rounded(item.durationSeconds ?? 0)) s of video"
    case .frameFolder: have = "\(item.frameCount ?? 0) frames, of which every \(timing.frameStride). is used,"
    }
    return Rejection(
      reason: .tooShort,
      detail: "\(have) give \(timing.sampleCount(of: item)) samples at \(timing.rate) a second, and a clip has "
        + "\(timing.frames); use a longer video, a higher rate or shorter clips")
  }

  private func path(of item: CatalogueItem) -> String {
    item.relativePath == "." ? root : root + "/" + item.relativePath
  }

  private static func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
}
