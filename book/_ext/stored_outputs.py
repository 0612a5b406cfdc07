"""Read what the chapters' notebooks have stored. Not an extension itself."""

import json
import re
from pathlib import Path

CHAPTER = re.compile(r"book/(\d\d)_\w+")


def chapters(env):
    """Return the documents that are chapters, in the book's order."""
    return sorted(filter(CHAPTER.fullmatch, env.found_docs))


def cells(path):
    """Return the cells of a notebook."""
    return json.loads(Path(path).read_text("utf-8"))["cells"]


def displays(cell):
    """Return the outputs of a cell that hold data of some mime type."""
    return [output for output in cell.get("outputs", [])
            if output["output_type"] in ("display_data", "execute_result")]
