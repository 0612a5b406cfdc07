"""One training step, ours against PyTorch eager, side by side in one run.

    python benchmarks/step.py [rounds]

float32, one BLAS thread, the default optimiser of PyTorch. Both sides start
from the same weights; before anything is timed, both must compute the same
losses. Rounds alternate; medians and their ratio are printed and written to
book/results/step.json.
"""
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import sys
import time

import numpy as np
from record import record
import torch
from torch.nn import functional as F

from dlbook_lib.network import MLP
from dlbook_lib.optimizers import SGD, Adam
from dlbook_lib.torch_twin import torch_net

CASES = [((784, 1024, 1024, 10), 128, 20, {"SGD": 1.0, "Adam": 0.95}),
         ((784, 256, 256, 10), 128, 80, {"SGD": 0.9, "Adam": 0.9}),
         ((64, 32, 10), 32, 400, {"SGD": 0.25, "Adam": 0.25})]
OURS = {"SGD": lambda: SGD(0.01), "Adam": lambda: Adam(0.001)}
THEIRS = {"SGD": lambda p: torch.optim.SGD(p, lr=0.01),
          "Adam": lambda p: torch.optim.Adam(p, lr=0.001)}


def our_steps(net, optimizer, X, y):
    def steps(count):
        risks = []
        for _ in range(count):
            risk, grad = net.risk_and_gradient(X, y)
            optimizer.step(net.theta, grad)
            risks.append(risk)
        return risks
    return steps


def their_steps(net, optimizer, X, y):
    def steps(count):
        risks = []
        for _ in range(count):
            optimizer.zero_grad()
            risk = F.cross_entropy(net(X), y)
            risk.backward()
            optimizer.step()
            risks.append(risk.item())
        return risks
    return steps


def build(sizes, batch, rule, rng):
    X = rng.uniform(size=(batch, sizes[0])).astype(np.float32)
    y = rng.integers(sizes[-1], size=batch)
    net = MLP(sizes, rng, dtype=np.float32)
    twin = torch_net(net)
    return (our_steps(net, OURS[rule](), X, y),
            their_steps(twin, THEIRS[rule](twin.parameters()),
                        torch.tensor(X), torch.tensor(y)))


def seconds(steps, count):
    start = time.perf_counter()
    steps(count)
    return (time.perf_counter() - start) / count


def measure(sizes, batch, count, rule, rounds):
    ours, theirs = build(sizes, batch, rule, np.random.default_rng(0))
    np.testing.assert_allclose(ours(10), theirs(10), rtol=2e-4)
    times = [(seconds(ours, count), seconds(theirs, count))
             for _ in range(rounds)]
    ratios = [a / b for a, b in times]
    ours_s, theirs_s = np.median(times, axis=0)
    return {"sizes": sizes, "batch": batch, "rule": rule,
            "ours_ms": round(1000 * ours_s, 4),
            "torch_ms": round(1000 * theirs_s, 4),
            "ratio": round(float(np.median(ratios)), 3),
            "ratio_low": round(min(ratios), 3),
            "ratio_high": round(max(ratios), 3)}


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    os.environ["DLBOOK_DEVICE"] = "cpu"
    torch.set_num_threads(1)
    # Warm both sides: a fresh process pays page faults for big arrays once.
    np.ones(2 ** 26).sum(), torch.ones(2 ** 26).sum()
    rows = []
    for sizes, batch, count, goals in CASES:
        for rule, goal in goals.items():
            row = {**measure(sizes, batch, count, rule, rounds), "goal": goal}
            rows.append(row)
            print(f"{'-'.join(map(str, sizes)):>18} {rule:4}  ours "
                  f"{row['ours_ms']:8.3f} ms  torch {row['torch_ms']:8.3f} ms"
                  f"  ratio {row['ratio']:.2f} ({row['ratio_low']:.2f} to "
                  f"{row['ratio_high']:.2f}), goal {goal}", flush=True)
    record("step", rows, "torch", rounds=rounds, dtype="float32")


if __name__ == "__main__":
    main()
