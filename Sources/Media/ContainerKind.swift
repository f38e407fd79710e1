/// Which of libav's demuxers may read a file.
///
/// Playlists and scripts (`hls`, `concat`, `dash`, `sdp`, `lavfi`, ...) name other files or addresses to open and are never
/// read; they have been used to read a server's files through its video decoder (`docs/ARCHITECTURE.md`).
enum ContainerKind {
  /// A video: one file that holds its own frames. Containers of sound are among them, so that a file with sound alone is
  /// told apart from a file that is not readable.
  case video
  /// One still image.
  case image

  /// The demuxers' names, comma separated, as libav takes a list.
  var demuxers: String {
    switch self {
    case .video:
      """
      mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,asf_o,flv,live_flv,kux,mpeg,mpegts,mpegvideo,ogg,mxf,nut,rm,dv,wtv,\
      nsv,ivf,obu,av1,h264,hevc,m4v,mjpeg,mjpeg_2000,vc1,vc1test,h261,h263,dirac,gif,apng,yuv4mpegpipe,amv,bink,smk,\
      swf,avs,avs2,avs3,cavsvideo,gxf,mtv,roq,r3d,mp3,wav,w64,flac,aac,ac3,eac3,aiff,au,caf,ape,wv,amr
      """
    case .image:
      """
      jpeg_pipe,jpegls_pipe,j2k_pipe,png_pipe,bmp_pipe,webp_pipe,tiff_pipe,ppm_pipe,pgm_pipe,pam_pipe,\
      apng
      """
    }
  }

  /// Whether a demuxer is allowed; `name` may hold several names, comma separated, of which one is enough.
  func allows(_ name: String) -> Bool {
    let allowed = demuxers.split(separator: ",")
    return name.split(separator: ",").contains { allowed.contains($0) }
  }
}
