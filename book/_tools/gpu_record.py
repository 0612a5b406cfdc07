"""Run every chapter's checks on the GPU and record those that passed.

    python book/_tools/gpu_record.py

Writes book/results/gpu_checks.json, with device, versions and date.
"""

import datetime
import json
import sys

import numpy
import torch
from execution import BOOK, Refused, chapter_texts, execute, write_whole
from tqdm import tqdm

CHECK_MIME = "application/vnd.dlbook.check+json"
RESULT = BOOK / "results" / "gpu_checks.json"


def records(name, notebook):
    """The records of the checks that a notebook's outputs carry."""
    return [
        {"chapter": name, **output["data"][CHECK_MIME]}
        for cell in notebook.cells for output in cell.get("outputs", [])
        if CHECK_MIME in output.get("data", {})
    ]


def provenance():
    """Where and when: never a version or a device that was not asked."""
    return {
        "device": torch.cuda.get_device_name(0),
        "versions": {
            "python": sys.version.split()[0], "numpy": numpy.__version__,
            "torch": torch.__version__, "cuda": torch.version.cuda,
        },
        "date": datetime.date.today().isoformat(),
    }


def main():
    if not torch.cuda.is_available():
        sys.exit(
            "PyTorch sees no CUDA device here, so there is nothing to record. "
            "Run this on a machine with a GPU and a CUDA build of PyTorch."
        )
    checks = []
    try:
        for text in tqdm(chapter_texts([]), disable=None, unit="chapter"):
            notebook = execute(text, {"DLBOOK_DEVICE": "cuda"})
            checks += records(text.stem, notebook)
    except Refused as refusal:
        sys.exit(f"Refused: {refusal}")
    RESULT.parent.mkdir(exist_ok=True)
    found = {**provenance(), "checks": checks}
    write_whole(RESULT, json.dumps(found, indent=1) + "\n")
    print(f"{len(checks)} checks passed on {found['device']}.")


if __name__ == "__main__":
    main()
