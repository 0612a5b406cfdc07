"""A small book with one of everything that the extensions handle."""

import base64
import io
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import (new_code_cell, new_markdown_cell, new_notebook,
                         new_output)
from PIL import Image

EXTENSIONS = Path(__file__).parents[1] / "book" / "_ext"
RECORD_MIME = "application/vnd.dlbook.check+json"
CONF = f"""
import sys

sys.path.append({str(EXTENSIONS)!r})
extensions = ["myst_nb", "katex_math", "explore_frames", "page_images",
              "page_shell", "api_page", "checked_page"]
html_theme = "basic"
html_math_renderer = "katex"
myst_enable_extensions = ["colon_fence", "dollarmath"]
nb_execution_mode = "off"
nb_mime_priority_overrides = [
    ("*", "application/vnd.jupyter.widget-view+json", None)]
suppress_warnings = ["mystnb.unknown_mime_type"]
"""
RECORD = {"equation": "eq-line", "quantity": "line", "kind": "agree",
          "ways": ["naive", "library", "torch"], "tolerance": 1e-12}
LIBRARY = {
    "__init__": '"""Map.\n\nfloor 0   upper      first\n'
                '          lower      then\n"""\n',
    "lower": '"""Below."""\nimport torch\n\n\ndef late(a, *, b=None):\n'
             '    """Late; chapter 01, eq-line, chapter 99, eq-none."""\n',
    "upper": '"""Above."""\n\n\nclass Box:\n    """A box."""\n\n'
             '    def __init__(self, size: int = 3):\n        pass\n\n'
             '    def step(self, theta):\n        """One *step*."""\n\n\n'
             'def _hidden():\n    """Hidden."""\n',
}


def png(colour):
    stream = io.BytesIO()
    Image.new("L", (4, 3), colour).save(stream, "png")
    return base64.b64encode(stream.getvalue()).decode()


def shown(data, metadata=None):
    return new_output("display_data", data=data, metadata=metadata or {})


def notebook():
    figure = shown({"image/png": png(1), "text/plain": "a summary"},
                   {"image/png": {"alt": "A <line>.", "width": 40,
                                  "height": 30}})
    widget = shown({
        "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
        "text/html": f'<figure class="explore"><img alt="now" width="4" '
                     f'height="3" src="data:image/png;base64,{png(2)}">'
                     '<script type="application/json">{"src": '
                     f'"data:image/png;base64,{png(3)}"}}</script></figure>',
        "text/plain": "the widget in words"})
    check = shown({RECORD_MIME: RECORD, "text/plain": "agrees"})
    language = {"language_info": {"name": "python"}}
    return new_notebook(metadata=language, cells=[
        new_markdown_cell("# Lines\n\n$$\na = b\n$$ (eq-line)\n\nSee "
                          "{eq}`eq-line`.\n"),
        new_code_cell("figure()", outputs=[figure]),
        new_code_cell("explore()", outputs=[widget]),
        new_code_cell("agree()", outputs=[check]),
        new_code_cell("answer", outputs=[],
                      metadata={"tags": ["solution", "hide-cell"]}),
    ])


def write_book(folder, index="# A book\n"):
    files = {
        "conf.py": CONF, "index.md": f"{index}\n```{{toctree}}\n"
        "book/01_lines\nbook/api\nbook/checked\n```\n",
        "book/api.md": "# Library\n", "book/checked.md": "# Checked\n",
        "book/01_lines.ipynb": nbformat.writes(notebook()),
    } | {f"dlbook_lib/{name}.py": text for name, text in LIBRARY.items()}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def build(folder):
    """Build the book; return its output folder and its warnings."""
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-n", folder, folder / "out"],
        capture_output=True, text=True)
    return folder / "out", run.stderr
