"""A chapter's text, executed in a fresh kernel, as a notebook in normal form.

Normal form: no times, no execution metadata, cell ids by position, no widget
state. The same text then gives the same bytes.
"""

import os
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

BOOK = Path(__file__).resolve().parent.parent
WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")
}


class Refused(Exception):
    """A chapter that may not be published as it stands."""


def chapter_texts(numbers, book=BOOK):
    """The chapters' texts, all or those of the given two-digit numbers."""
    texts = sorted(book.glob("[0-9][0-9]_*.md"))
    known = {text.name[:2] for text in texts}
    unknown = sorted(set(numbers) - known)
    if unknown or not texts:
        raise Refused(
            f"there is no chapter {', '.join(unknown)}; the chapters are "
            f"{', '.join(sorted(known)) or 'not written yet'}."
        )
    return [text for text in texts if not numbers or text.name[:2] in numbers]


def execute(text, env=()):
    """The notebook of a text file, executed from the top."""
    notebook = normal_form(jupytext.read(text, fmt="md:myst"))
    client = NotebookClient(
        notebook, kernel_name="python3", timeout=600, record_timing=False,
        store_widget_state=False, coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=40"],
        resources={"metadata": {"path": str(text.parent)}},
    )
    try:
        client.execute(env={**os.environ, **ONE_THREAD, **dict(env)})
    except (CellExecutionError, DeadKernelError) as error:
        raise Refused(f"{text.stem}: {error}") from None
    refuse_warnings(text.stem, notebook)
    return normal_form(notebook)


def refuse_warnings(name, notebook):
    """A chapter writes nothing to stderr."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise Refused(
                    f"{name}, {cell.id} writes to stderr:\n{output.text}\n"
                    f"from\n{cell.source}"
                )


def normal_form(notebook):
    """The notebook without anything that differs from run to run."""
    kept = {
        key: value for key, value in notebook.metadata.items()
        if key not in ("jupytext", "widgets")
    }
    notebook.metadata = nbformat.from_dict({
        **kept,
        "kernelspec": {
            "display_name": "Python 3", "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    })
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for position, cell in enumerate(notebook.cells):
        cell.id = f"cell-{position:02d}"
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_MIME, None)
    return notebook


def as_text(notebook):
    """The bytes of an .ipynb file, as text."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook, indent=1).rstrip("\n") + "\n"


def write_whole(path, text):
    """Replace a file in one step, so that a reader never sees half of it."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
