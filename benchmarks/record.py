"""What every benchmark writes: its rows, and under which conditions."""
import datetime
import importlib.metadata
import json
import platform
from pathlib import Path


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
