"""Forward and backward pass of one network, timed side by side.

    python benchmarks/backprop.py [rounds]

float32, one BLAS thread, batch 128, inputs as wide as the layers. Rounds
alternate between the passes and between the networks; medians and the ratio
of the two are printed and written to book/results/backprop.json.
"""
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import sys

import numpy as np
from record import record, seconds

from dlbook_lib.flowgraph import bprop, fprop
from dlbook_lib.network import MLP

BATCH = 128
CASES = ([("width", width, 3) for width in (64, 128, 256, 512, 1024)]
         + [("depth", 512, depth) for depth in (1, 2, 4, 8, 16)])


def network(width, depth):
    """The objective of a network with `depth` hidden layers, ready to run."""
    rng = np.random.default_rng(0)
    net = MLP((width,) * (depth + 1) + (10,), rng, dtype=np.float32)
    net.x.value = rng.uniform(size=(BATCH, width)).astype(np.float32)
    net.y.value = rng.integers(10, size=BATCH)
    fprop(net.objective)
    bprop(net.objective)
    return net.objective


def counted(width, depth):
    """Multiplications of the backward pass over those of the forward pass."""
    layers = [(width, width)] * depth + [(width, 10)]
    forward = sum(D_in * D_out for D_in, D_out in layers)
    return (2 * forward - width * width) / forward


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    # Warm up: a fresh process pays page faults for big arrays once.
    np.ones(2 ** 26).sum()
    objectives = [network(width, depth) for _, width, depth in CASES]
    times = np.array([[(seconds(fprop, one), seconds(bprop, one))
                       for one in objectives] for _ in range(rounds)])
    rows = []
    for k, (series, width, depth) in enumerate(CASES):
        forward, backward = np.median(times[:, k], axis=0)
        ratio = np.median(times[:, k, 1] / times[:, k, 0])
        rows.append({"series": series, "width": width, "depth": depth,
                     "forward_ms": round(1000 * forward, 4),
                     "backward_ms": round(1000 * backward, 4),
                     "ratio": round(float(ratio), 3),
                     "counted": round(counted(width, depth), 3)})
        print("{series} {width:5} x {depth:2}: forward {forward_ms:8.3f} ms, "
              "backward {backward_ms:8.3f} ms, ratio {ratio:.2f}, counted "
              "{counted:.2f}".format(**rows[-1]), flush=True)
    record("backprop", rows, rounds=rounds, dtype="float32", batch=BATCH)


if __name__ == "__main__":
    main()
