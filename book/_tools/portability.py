"""Do chapters print the same under other CPU kernels?

    python book/_tools/portability.py [NN ...]

Executes each chapter as if on two older processors and compares every text
output with the stored notebook. Nothing is written.
"""

import difflib
import json
import re
import sys

import nbformat
from execution import Refused, chapter_texts, execute
from tqdm import tqdm

PROCESSORS = {
    "with AVX2": {
        "OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_CBWR": "AVX2", "NPY_DISABLE_CPU_FEATURES": "X86_V4",
    },
    "without AVX": {
        "OPENBLAS_CORETYPE": "Prescott", "ATEN_CPU_CAPABILITY": "default",
        "MKL_CBWR": "COMPATIBLE", "NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3",
    },
}
PIXELS = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]+")


def texts(cell):
    """The lines that a cell's outputs say, pixels left out."""
    for output in cell.get("outputs", []):
        data = output.get("data", {"text": output.get("text")})
        for mime in sorted(set(data) - {"image/png"}):
            value = data[mime]
            if not isinstance(value, str):
                value = json.dumps(value, sort_keys=True)
            yield f"{mime}:"
            yield from PIXELS.sub("pixels", value).splitlines()


def differences(stored, fresh):
    """A paragraph for each cell that prints something else."""
    if sources(stored) != sources(fresh):
        yield "the notebook is older than its text; execute it first"
        return
    for old, new in zip(stored.cells, fresh.cells):
        told = list(difflib.unified_diff(
            list(texts(old)), list(texts(new)), n=0, lineterm=""
        ))
        if told:
            yield "\n".join([f"{old.id} printed something else", *told[2:]])


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def compare(text, env):
    """The differences of one chapter executed under other settings."""
    path = text.with_suffix(".ipynb")
    if not path.exists():
        raise Refused(f"{path.name} does not exist; execute it first.")
    return list(differences(nbformat.read(path, 4), execute(text, env)))


def main(numbers):
    differ = 0
    try:
        for text in tqdm(chapter_texts(numbers), disable=None, unit="chapter"):
            for processor, env in PROCESSORS.items():
                found = compare(text, env)
                differ += len(found)
                told = "\n".join(found) or "the same"
                tqdm.write(f"{text.stem}, {processor}: {told}")
    except Refused as refusal:
        sys.exit(f"Refused: {refusal}")
    if differ:
        sys.exit(f"{differ} cells print something else.")


if __name__ == "__main__":
    main(sys.argv[1:])
