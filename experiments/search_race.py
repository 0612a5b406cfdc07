"""Grid, random and model-based search at equal budget, on many tasks.

    python experiments/search_race.py [tasks]

A task is a split of the digits; a trial trains 64-16-10 for four epochs with
a rate and an L2 penalty, and its value is the validation error. Each search
has 16 trials. Two spaces: one where both settings matter, one where the
penalty is too small to matter. Writes book/results/search_race.json, a row a
task; a run that was stopped goes on from the rows that are there.
"""
import datetime
import importlib.metadata
import json
import platform
import sys
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from dlbook_lib.criteria import L2Penalty
from dlbook_lib.data import load_digits, split
from dlbook_lib.initializers import he_normal
from dlbook_lib.network import MLP
from dlbook_lib.optimizers import SGD
from dlbook_lib.search import best, grid_search, model_search, random_search
from dlbook_lib.training import accuracy, train

SPACES = {"both": {"rate": (1e-3, 10.0), "lambda": (1e-6, 1.0)},
          "one_only": {"rate": (1e-3, 10.0), "lambda": (1e-9, 1e-6)}}
RESULTS = Path("book/results/search_race.json")


def objective(seed):
    """The validation error of the task with this number."""
    train_set, valid, _ = split(*load_digits(), (0.3, 0.3, 0.4),
                                np.random.default_rng(seed))

    def error(settings):
        rng = np.random.default_rng(seed)
        net = MLP((64, 16, 10), rng, W_init=he_normal, penalty=partial(
            L2Penalty, lambda_=settings["lambda"]))
        with np.errstate(over="ignore", invalid="ignore"):
            train(net, *train_set, SGD(settings["rate"]), 4, 32, rng)
        return 1 - accuracy(net, *valid)
    return error


def grid_of(n, space, rng):
    """n values of each, evenly spaced in the logarithm, shifted at random."""
    return {name: [float(low * (high / low)**((k + shift) / n))
                   for k in range(n)]
            for (name, (low, high)), shift in zip(space.items(),
                                                  rng.uniform(size=2))}


def race(seed):
    """The lowest error of each search in each space."""
    error, row = objective(seed), {"task": seed}
    for space_name, space in SPACES.items():
        rng = np.random.default_rng(1000 + seed)
        for kind, trials in (
                ("grid", grid_search(error, grid_of(4, space, rng))),
                ("random", random_search(error, space, 16, rng)),
                ("model", model_search(error, space, 16, rng))):
            row[f"{space_name}_{kind}"] = round(best(trials).value, 4)
    return row


def main():
    tasks = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rows = (json.loads(RESULTS.read_text())["rows"] if RESULTS.exists()
            else [])
    for seed in tqdm(range(len(rows), tasks), initial=len(rows), total=tasks):
        rows.append(race(seed))
        partial_file = RESULTS.with_suffix(".partial")
        partial_file.write_text(json.dumps({
            "command": "python experiments/search_race.py",
            "date": datetime.date.today().isoformat(), "device": "CPU",
            "processor": platform.machine(), "trials": 16,
            "versions": {one: importlib.metadata.version(one)
                         for one in ("numpy", "optuna", "scikit-learn")},
            "rows": rows}, indent=1) + "\n")
        partial_file.replace(RESULTS)


if __name__ == "__main__":
    main()
