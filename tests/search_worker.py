"""One worker of tests/test_search.py: python search_worker.py kind store log
pause crowd. It says "ready", waits for a line, searches, prints its trials.
"""
import dataclasses
import json
import math
import os
import sys
import time
from pathlib import Path

import numpy as np

from dlbook_lib.search import grid_search, model_search, random_search

GRID = {"units": [1, 2, 3, 4], "g": ["tanh", "relu", "elu"]}
SPACE = {"alpha": (1e-4, 1.0), "units": (1, 1000)}
BUDGET = 12
SEARCHES = {
    "grid": lambda objective, store=None: grid_search(
        objective, GRID, store),
    "random": lambda objective, store=None: random_search(
        objective, SPACE, BUDGET, np.random.default_rng(0), store),
    "model": lambda objective, store=None: model_search(
        objective, SPACE, BUDGET, np.random.default_rng(0), store),
}


def value_of(settings):
    return abs(math.log(settings.get("alpha", 1) * settings["units"]))


def lines(log):
    """[process, "start" or "end", settings] in order."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def logged(log, pause=0.0, crowd=1):
    """value_of, with a line at its start and one at its end. Each waits for
    a crowd of processes to have started, so that none comes too late.
    """
    def note(event, settings):
        line = json.dumps([os.getpid(), event, settings]) + "\n"
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(file, line.encode())
        os.close(file)

    def objective(settings):
        note("start", settings)
        end = time.monotonic() + 30
        while len({pid for pid, *_ in lines(log)}) < crowd:
            if time.monotonic() > end:
                raise TimeoutError(f"fewer than {crowd} processes")
            time.sleep(0.01)
        time.sleep(pause)
        note("end", settings)
        return value_of(settings)

    return objective


if __name__ == "__main__":
    kind, store, log, pause, crowd = sys.argv[1:]
    print("ready", flush=True)
    sys.stdin.readline()
    found = SEARCHES[kind](
        logged(Path(log), float(pause), int(crowd)), store)
    print(json.dumps([dataclasses.asdict(trial) for trial in found]))
