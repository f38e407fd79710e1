import Foundation
import Media
import Testing
import TestFiles

struct ImageTests {
  @Test(.enabled(if: SharedData.isPresent)) func framesOfAFolderAreReadInOrder() throws {
    let folder = try FrameFolder(path: SharedData.path("data/davis/JPEGImages/480p/blackswan"))
    #expect(folder.names.first == "00000.jpg")
    #expect(folder.names == folder.names.sorted())
    let image = try folder.image(at: 0)
    #expect(image.height == 480 && image.width > 800)
    #expect(throws: MediaError.self) { try folder.image(at: folder.names.count) }
  }

  @Test(.enabled(if: SharedData.isPresent && FFmpeg.isPresent)) func aJPEGIsDecodedAsFFmpegDoes() throws {
    let source = SharedData.path("data/davis/JPEGImages/480p/blackswan/00000.jpg")
    let folder = try TemporaryFolder()
    let png = folder.path("frame.png"), raw = folder.path("frame.rgb")
    let flags = ["-sws_flags", "bilinear+accurate_rnd+full_chroma_int"]
    try FFmpeg.run(["-i", source] + flags + ["-pix_fmt", "rgb24", png])
    try FFmpeg.run(["-i", png, "-f", "rawvideo", "-pix_fmt", "rgb24", raw])
    let image = try ImageFile.read(path: source)
    #expect(try ImageFile.read(path: png).pixels == [UInt8](Data(contentsOf: URL(fileURLWithPath: raw))))
    #expect(meanDifference(image, try ImageFile.read(path: png)) < 0.5)
  }

  @Test(.enabled(if: SharedData.isPresent)) func masksAreKnownForWhatTheyAre() throws {
    let mask = try ImageFile.properties(path: SharedData.path("data/davis/Annotations/480p/blackswan/00000.png"))
    #expect(mask.isIndexed && mask.codec == "png" && mask.height == 480)
    let frame = try ImageFile.properties(path: SharedData.path("data/davis/JPEGImages/480p/blackswan/00000.jpg"))
    #expect(!frame.isIndexed)
  }

  @Test(.enabled(if: SharedData.isPresent)) func anImageThatBreaksOffIsAnError() throws {
    let folder = try TemporaryFolder()
    for name in ["JPEGImages/480p/blackswan/00000.jpg", "Annotations/480p/blackswan/00000.png"] {
      let data = try Data(contentsOf: URL(fileURLWithPath: SharedData.path("data/davis/" + name)))
      let path = try folder.write(data.prefix(data.count / 2), to: "cut.jpg")
      #expect(throws: MediaError.self, "\(name)") { try ImageFile.read(path: path) }
    }
  }

  @Test func aFolderWithoutImagesIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.write(Data("x".utf8), to: "notes.txt")
    #expect(throws: MediaError.noFrames(path: folder.url.path)) { try FrameFolder(path: folder.url.path) }
    #expect(throws: MediaError.notFound(path: folder.path("none"))) { try FrameFolder(path: folder.path("none")) }
  }
}
