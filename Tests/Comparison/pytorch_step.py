#!/usr/bin/env python3
"""The same training step in PyTorch and in corrflowd, one after the other, several times, on this machine.

    pip install torch
    python3 Tests/Comparison/pytorch_step.py [--corrflowd .build/release/corrflowd] [--batches 1,6] [--rounds 3]

PyTorch gets what makes it fast here: channels-last memory, oneDNN, each frame encoded once, each attention map and copy
computed once, restricted attention without the 169 shifted copies of the reference. Both steps do forward, losses,
backward and Adam on three frames of 256x256 a clip, cycles on. Prints one JSON document, seconds by name.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

RADIUS = 6
CLASSES = 16


class Block(nn.Module):
    """ReLU(left(x) + shortcut(x))."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.left = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Identity()
        if inputs != outputs or stride != 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        return F.relu(self.left(x) + self.shortcut(x))


def encoder():
    """ResNet-18 without pooling, stride 4, 64 channels out."""
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
    channels = 64
    for outputs, stride in ((64, 1), (128, 2), (256, 1), (256, 1)):
        layers += [Block(channels, outputs, stride), Block(outputs, outputs, 1)]
        channels = outputs
    return nn.Sequential(*layers, nn.Conv2d(256, 64, 3, 1, 1))


def shifts(x, height, width):
    """The views of a padded map that each place of the window sees."""
    padded = F.pad(x, (RADIUS,) * 4)
    side = 2 * RADIUS + 1
    return [padded[:, :, i : i + height, j : j + width] for i in range(side) for j in range(side)]


def attention(target, reference):
    """Softmax over the 13x13 window, [clips, 169, height, width]."""
    height, width = target.shape[2:]
    scores = [(target * view).sum(1) for view in shifts(reference, height, width)]
    inside = shifts(torch.ones_like(target[:1, :1]), height, width)
    outside = torch.stack([view[:, 0] for view in inside], 1) == 0
    return torch.stack(scores, 1).masked_fill(outside, float("-inf")).softmax(1)


def copy(weights, labels):
    """Labels carried along an attention map."""
    height, width = labels.shape[2:]
    total = torch.zeros_like(labels)
    for index, view in enumerate(shifts(labels, height, width)):
        total = total + weights[:, index : index + 1] * view
    return total


def cross_entropy(labels, classes):
    """At full resolution."""
    full = F.interpolate(labels.float().contiguous(), scale_factor=4, mode="bilinear", align_corners=False)
    return F.nll_loss(torch.log(full.clamp_min(1e-12)), classes)


def loss_of(network, images, classes):
    """Both losses of three frames: pairs 0 1 and 1 2 from true colours, cycles 0 1 0 and 0 1 2 1 0."""
    embeddings = [network(image) for image in images]
    truths = [F.avg_pool2d(F.one_hot(c, CLASSES).permute(0, 3, 1, 2).float(), 4) for c in classes]
    maps = {
        (a, b): attention(embeddings[b], embeddings[a]) for a, b in ((0, 1), (1, 2), (2, 1), (1, 0))
    }
    first = copy(maps[0, 1], truths[0])
    second = copy(maps[1, 2], truths[1])
    back = copy(maps[1, 0], copy(maps[2, 1], copy(maps[1, 2], first)))
    short = cross_entropy(first, classes[1]) + cross_entropy(second, classes[2])
    cycles = cross_entropy(copy(maps[1, 0], first), classes[0]) + cross_entropy(back, classes[0])
    return short + 0.1 * cycles


class Step:
    """A step of PyTorch on random clips."""

    def __init__(self, clips, bfloat16):
        torch.manual_seed(1)
        self.bfloat16 = bfloat16
        self.network = encoder().to(memory_format=torch.channels_last).train()
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=1e-4)
        frames = range(3)
        self.images = [
            torch.rand(clips, 3, 256, 256).to(memory_format=torch.channels_last) for _ in frames
        ]
        self.classes = [torch.randint(CLASSES, (clips, 256, 256)) for _ in frames]

    def __call__(self):
        start = time.perf_counter()
        self.optimiser.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bfloat16):
            loss = loss_of(self.network, self.images, self.classes)
        loss.backward()
        self.optimiser.step()
        assert torch.isfinite(loss), "PyTorch's loss is not finite"
        return time.perf_counter() - start


def corrflowd_seconds(program, clips):
    """Seconds of corrflowd's step, as `corrflowd benchmark` prints it: a median of three."""
    command = [program, "benchmark", "--only", "step", "--json", "--batches", str(clips), "--repetitions", "3"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    row = report["step"][f"batch{clips}"]
    return row["seconds"]


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--corrflowd", default=".build/release/corrflowd")
    options.add_argument("--batches", default="1")
    options.add_argument("--rounds", type=int, default=3)
    options = options.parse_args()
    result = {"torch": torch.__version__, "threads": torch.get_num_threads(), "rounds": options.rounds}
    for clips in [int(text) for text in options.batches.split(",")]:
        steps = {"pytorch_float32": Step(clips, False), "pytorch_bfloat16": Step(clips, True)}
        seconds = {name: [] for name in [*steps, "corrflowd_float32"]}
        for step in steps.values():
            step()
        for turn in range(options.rounds):
            for name, step in steps.items():
                seconds[name].append(step())
            seconds["corrflowd_float32"].append(corrflowd_seconds(options.corrflowd, clips))
            print(f"batch {clips}, round {turn + 1} of {options.rounds} done", file=sys.stderr)
        medians = {name: statistics.median(values) for name, values in seconds.items()}
        result[f"batch{clips}"] = {
            "seconds": seconds,
            "median": medians,
            "times_faster_than_float32": medians["pytorch_float32"] / medians["corrflowd_float32"],
            "times_faster_than_bfloat16": medians["pytorch_bfloat16"] / medians["corrflowd_float32"],
        }
    result["pytorch_peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
