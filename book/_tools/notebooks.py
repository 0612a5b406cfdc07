"""Execute chapters: NN_name.md -> NN_name.ipynb beside it.

    python book/_tools/notebooks.py          every chapter
    python book/_tools/notebooks.py 02 07    these two

A chapter that fails or writes to stderr keeps its old notebook.
"""

import sys
import time

from execution import Refused, as_text, chapter_texts, execute, write_whole
from tqdm import tqdm


def refresh(text):
    """Execute one chapter and write its notebook; tell what was done."""
    begun = time.perf_counter()
    fresh = as_text(execute(text))
    seconds = time.perf_counter() - begun
    path = text.with_suffix(".ipynb")
    if path.exists() and path.read_text(encoding="utf-8") == fresh:
        return f"{text.stem}: unchanged, {seconds:.1f} s"
    write_whole(path, fresh)
    return f"{text.stem}: written, {seconds:.1f} s"


def main(numbers):
    try:
        for text in tqdm(chapter_texts(numbers), disable=None, unit="chapter"):
            tqdm.write(refresh(text))
    except Refused as refusal:
        sys.exit(f"Refused: {refusal}")
    except KeyboardInterrupt:
        sys.exit("Stopped. Notebooks that were not reached are as before.")


if __name__ == "__main__":
    main(sys.argv[1:])
