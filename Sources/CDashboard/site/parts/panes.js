// The two sides of the viewer: a video that is stepped by frames, and pictures.
import { h, show } from "../base/dom.js";
import { request } from "../base/api.js";
import { fault } from "../base/notice.js";
import { hasToken } from "../base/token.js";

/** A video whose frames are numbered. `arrived(frame)` is called for each that is shown, `changed` when it plays or pauses. */
export class VideoPane {
  constructor(path, arrived, changed) {
    Object.assign(this, { arrived, changed, count: 0, rate: 24, url: null, frame: 0, isPlaying: false, timer: null, speed: 1 });
    this.video = h("video", { playsinline: true, preload: "auto", "aria-label": "Overlay video" });
    this.video.muted = true;
    this.note = h("p", { class: "empty", hidden: true }, "No overlay video was drawn.");
    this.element = h("div", { class: "pane" }, this.video, this.note);
    this.video.addEventListener("ended", () => this.stopped());
    this.video.addEventListener("pause", () => this.stopped());
    this.video.addEventListener("seeked", () => { if (!this.isPlaying) this.arrived(this.frame); });
  }

  /** Opens a sequence; `count` is how many frames it has, as far as pictures tell. */
  async open({ video }, count) {
    this.hasVideo = video !== null;
    show(this.video, this.hasVideo);
    show(this.note, !this.hasVideo);
    this.count = count;
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = null;
    this.video.removeAttribute("src");
    if (!this.hasVideo) return;
    // A video element asks for ranges by itself, but cannot carry a token.
    this.video.src = hasToken() ? (this.url = URL.createObjectURL(await (await request(video)).blob())) : video;
    this.video.playbackRate = this.speed;
    await new Promise((resolve, reject) => {
      this.video.addEventListener("loadeddata", resolve, { once: true });
      this.video.addEventListener("error", () => reject(new Error("The browser cannot play this video.")), { once: true });
    });
    if (count > 1) this.rate = count / this.video.duration;
    else this.count = Math.max(1, Math.round(this.video.duration * this.rate));
  }

  setSpeed(speed) {
    this.speed = speed;
    this.video.playbackRate = speed;
  }

  /** Shows one frame: the middle of its time, so that rounding cannot show its neighbour. */
  seek(frame) {
    this.frame = frame;
    if (this.hasVideo) this.video.currentTime = (frame + 0.5) / this.rate;
    else this.arrived(frame);
  }

  play(fromStart) {
    if (fromStart) this.seek(0);
    this.isPlaying = true;
    if (this.hasVideo) this.video.play().then(() => this.follow()).catch(fault);
    else this.timer = setInterval(() => this.next(), 1000 / this.rate / this.speed);
    this.changed();
  }

  pause() {
    if (!this.isPlaying) return;
    this.video.pause();
    this.stopped();
  }

  /** Says which frame is shown while the video plays. */
  follow() {
    if (!this.isPlaying) return;
    const frame = Math.min(this.count - 1, Math.floor(this.video.currentTime * this.rate + 1e-3));
    if (frame !== this.frame) {
      this.frame = frame;
      this.arrived(frame);
    }
    requestAnimationFrame(() => this.follow());
  }

  next() {
    if (this.frame >= this.count - 1) return this.stopped();
    this.seek(this.frame + 1);
  }

  stopped() {
    clearInterval(this.timer);
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.changed();
  }
}

/** Pictures drawn on a canvas, so that they can be fetched with a token and none is shown late. */
export class PicturePane {
  constructor() {
    this.canvas = h("canvas", { role: "img", "aria-label": "Picture beside the overlay" });
    this.element = h("div", { class: "pane" }, this.canvas);
    this.kept = new Map();
    this.wanted = null;
  }

  /** Shows the picture of a frame (the only one where there is one), and fetches those that come next. */
  async show(paths, frame) {
    const path = paths[Math.min(frame, paths.length - 1)];
    this.wanted = path;
    const picture = await this.fetch(path);
    for (const next of paths.slice(frame + 1, frame + 4)) this.fetch(next).catch(() => {});
    if (this.wanted !== path) return;
    if (this.canvas.width !== picture.width) this.canvas.width = picture.width;
    if (this.canvas.height !== picture.height) this.canvas.height = picture.height;
    this.canvas.getContext("2d").drawImage(picture, 0, 0);
  }

  fetch(path) {
    if (!this.kept.has(path)) {
      this.kept.set(path, request(path).then((response) => response.blob()).then(createImageBitmap));
      for (const old of [...this.kept.keys()].slice(0, Math.max(0, this.kept.size - 60))) this.forget(old);
    }
    return this.kept.get(path);
  }

  forget(path) {
    this.kept.get(path)?.then((picture) => picture.close(), () => {});
    this.kept.delete(path);
  }

  clear() {
    for (const path of [...this.kept.keys()]) this.forget(path);
  }
}
