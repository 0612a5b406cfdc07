"""The Jacobian of one network, by columns (forward) and by rows (reverse).

    python benchmarks/jacobian.py [rounds]

float64, one BLAS thread, one example, tanh layers n - 256 - 256 - m. Forward
mode carries one tangent along for each of the n inputs; reverse mode hands
one gradient down for each of the m outputs. Both must give the same Jacobian
before anything is timed. Medians go to book/results/jacobian.json.
"""
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import sys

import numpy as np
from record import record, seconds

HIDDEN = 256
CASES = [(n, m) for n, m in ((1, 256), (4, 256), (16, 256), (64, 256),
                             (256, 256), (256, 64), (256, 16), (256, 4),
                             (256, 1))]


def layers(n, m):
    rng, sizes = np.random.default_rng(0), (n, HIDDEN, HIDDEN, m)
    return [rng.normal(0, D_in ** -0.5, size=(D_out, D_in))
            for D_in, D_out in zip(sizes, sizes[1:])]


def values(theta, x):
    """The input and every layer's answer, bottom up."""
    kept = [x]
    for W in theta:
        kept.append(np.tanh(W @ kept[-1]))
    return kept


def forward_mode(theta, x):
    """Columns of the Jacobian: a tangent carried up for each input."""
    kept, columns = values(theta, x), []
    for tangent in np.eye(len(x)):
        for W, h in zip(theta, kept[1:]):
            tangent = (W @ tangent) * (1 - h * h)
        columns.append(tangent)
    return np.array(columns).T


def reverse_mode(theta, x):
    """Rows of the Jacobian: a gradient handed down for each output."""
    kept, rows = values(theta, x), []
    for gradient in np.eye(len(kept[-1])):
        for W, h in zip(reversed(theta), reversed(kept[1:])):
            gradient = W.T @ (gradient * (1 - h * h))
        rows.append(gradient)
    return np.array(rows)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    problems = [(layers(n, m), np.random.default_rng(1).normal(size=n))
                for n, m in CASES]
    for problem in problems:
        np.testing.assert_allclose(forward_mode(*problem),
                                   reverse_mode(*problem), atol=1e-12)
    times = np.median([[(seconds(forward_mode, *one),
                         seconds(reverse_mode, *one)) for one in problems]
                       for _ in range(rounds)], axis=0)
    rows = [{"inputs": n, "outputs": m, "forward_ms": round(1000 * up, 4),
             "reverse_ms": round(1000 * down, 4)}
            for (n, m), (up, down) in zip(CASES, times)]
    for row in rows:
        print("{inputs:4} inputs, {outputs:4} outputs: forward "
              "{forward_ms:8.3f} ms, reverse {reverse_ms:8.3f} ms".format(
                  **row), flush=True)
    record("jacobian", rows, rounds=rounds, dtype="float64",
           hidden=HIDDEN)


if __name__ == "__main__":
    main()
