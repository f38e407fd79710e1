"""Draws data that are small enough for a hundred trainings: folders of frames, and a benchmark in DAVIS layout.

    python3 sample_data.py DIR

Pictures are PNG: a square that moves over a gradient, and its mask.
"""

import pathlib
import struct
import sys
import zlib

WIDTH, HEIGHT, FRAMES = 64, 48, 12


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def write_png(path, colour_type, rows, palette=b""):
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, colour_type, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    chunks = [(b"IHDR", header), (b"PLTE", palette), (b"IDAT", pixels), (b"IEND", b"")]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in chunks if data or name == b"IEND")
    )


def is_inside(x, y, frame):
    return frame + 4 <= x < frame + 20 and 10 <= y < 30


def picture(frame, seed):
    def pixel(x, y):
        if is_inside(x, y, frame):
            return ((x - frame) * 37 * seed % 256, y * 53 % 256, 40)
        return (x * 4 % 256, y * 5 % 256, 128)

    return [[value for x in range(WIDTH) for value in pixel(x, y)] for y in range(HEIGHT)]


def mask(frame):
    return [[int(is_inside(x, y, frame)) for x in range(WIDTH)] for y in range(HEIGHT)]


def main(root):
    for seed in (1, 2, 3):
        for frame in range(FRAMES):
            write_png(root / f"videos/clip-{seed}/{frame:05}.png", 2, picture(frame, seed))
    davis = root / "davis"
    for frame in range(FRAMES):
        write_png(davis / f"JPEGImages/480p/square/{frame:05}.png", 2, picture(frame, 1))
        write_png(davis / f"Annotations/480p/square/{frame:05}.png", 3, mask(frame), bytes([0, 0, 0, 128, 0, 0]))
    lists = davis / "ImageSets/2017"
    lists.mkdir(parents=True)
    for name in ("train", "val"):
        (lists / f"{name}.txt").write_text("square\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
