"""Time per example against the size of the batch, side by side.

    python benchmarks/batch.py [rounds]

One BLAS thread. A layer's products (1024 units, 1024 inputs, float32), once
as N products of a matrix and a vector and once as one product of two
matrices; and a whole training step of chapter 17's network, 64-64-10 in
float64, with SGD. Rounds go through all sizes; medians are printed and
written to book/results/batch.json.
"""
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import sys

import numpy as np
from record import record, seconds

from dlbook_lib.network import MLP
from dlbook_lib.optimizers import SGD

SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
D = 1024


def works(N, rng):
    """The three works on N examples, ready to run."""
    W = rng.normal(size=(D, D)).astype(np.float32)
    H = rng.normal(size=(N, D)).astype(np.float32)
    net, X = MLP((64, 64, 10), rng), rng.uniform(size=(N, 64))
    y, rule = rng.integers(10, size=N), SGD(0.01)

    def one_by_one():
        return [W @ h for h in H]

    def at_once():
        return H @ W.T

    def step():
        rule.step(net.theta, net.risk_and_gradient(X, y)[1])

    np.testing.assert_allclose(one_by_one(), at_once(), rtol=1e-3, atol=1e-3)
    return one_by_one, at_once, step


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    # Warm up: a fresh process pays page faults for big arrays once.
    np.ones(2 ** 26).sum()
    rng = np.random.default_rng(0)
    ready = [works(N, rng) for N in SIZES]
    times = np.median([[[seconds(work) for work in each] for each in ready]
                       for _ in range(rounds)], axis=0)
    rows = [{"batch": N, **{f"{name}_us": round(1e6 * t / N, 3) for name, t in
                            zip(("vectors", "matrices", "step"), row)}}
            for N, row in zip(SIZES, times)]
    for row in rows:
        print("batch {batch:5}: per example {vectors_us:7.2f} us one by one, "
              "{matrices_us:7.2f} us at once, training step {step_us:7.2f} us"
              .format(**row), flush=True)
    record("batch", rows, rounds=rounds, width=D, net="64-64-10")


if __name__ == "__main__":
    main()
