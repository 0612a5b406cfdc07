"""What benchmarks share: the time of one call, and the record they write."""
import datetime
import importlib.metadata
import json
import platform
import time
from pathlib import Path


def seconds(work, *arguments):
    """Time of one call, from as many as take about 20 ms."""
    calls = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            work(*arguments)
        spent = time.perf_counter() - start
        if spent > 0.02:
            return spent / calls
        calls *= 2


def record(name, rows, *packages, **conditions):
    """book/results/NAME.json, with command, date, device and versions."""
    path = Path("book/results") / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({
        "command": f"python benchmarks/{name}.py",
        "date": datetime.date.today().isoformat(), "device": "CPU, 1 thread",
        "processor": platform.machine(), **conditions,
        "versions": {one: importlib.metadata.version(one)
                     for one in ("numpy", *packages)},
        "rows": rows}, indent=1) + "\n")
