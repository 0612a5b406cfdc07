"""The book as the rules see it: chapters, cells, calls, outputs."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import jupytext
import nbformat
import yaml

CHECK_MIME = "application/vnd.dlbook.check+json"


@dataclass(frozen=True)
class Chapter:
    """A pair: the text that is written, the notebook that is read."""

    path: Path  # without a suffix

    @property
    def name(self):
        return self.path.name

    @property
    def number(self):
        return int(self.name[:2])

    @cached_property
    def text(self):
        return jupytext.read(self.path.with_suffix(".md"), fmt="md:myst")

    @cached_property
    def notebook(self):
        return nbformat.read(self.path.with_suffix(".ipynb"), as_version=4)

    @property
    def code(self):
        return [c for c in self.notebook.cells if c.cell_type == "code"]

    @property
    def prose(self):
        return [c for c in self.notebook.cells if c.cell_type == "markdown"]

    def calls(self, function):
        """The calls of a function, by its plain name, in all code cells."""
        for cell in self.code:
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.Call) and called(node) == function:
                    yield node

    def outputs(self):
        """(cell, output) for every stored output."""
        for cell in self.code:
            for output in cell.outputs:
                yield cell, output

    def records(self):
        """The records of the checks that passed."""
        for _, output in self.outputs():
            if CHECK_MIME in output.get("data", {}):
                yield output.data[CHECK_MIME]

    def labels(self):
        """The labels of this chapter's equations."""
        for cell in self.prose:
            yield from re.findall(r"\$\$[ \t]*\(([^()\s]+)\)", cell.source)


@dataclass(frozen=True)
class Book:
    """The chapters in the order of the table of contents."""

    root: Path

    @cached_property
    def listed(self):
        """Every chapter's path, as _toc.yml names it."""
        toc = (self.root / "_toc.yml").read_text(encoding="utf-8")
        return [
            entry["file"] for part in yaml.safe_load(toc)["parts"]
            for entry in part["chapters"]
            if re.match(r"\d\d_", Path(entry["file"]).name)
        ]

    @cached_property
    def chapters(self):
        """The chapters that have both their files."""
        paths = [self.root / entry for entry in self.listed]
        return [Chapter(path) for path in paths if all(
            path.with_suffix(suffix).exists() for suffix in (".md", ".ipynb")
        )]


def called(call):
    """The plain name that a call names, or None."""
    return call.func.id if isinstance(call.func, ast.Name) else None


def words(output):
    """What an output says as plain text."""
    if output.output_type == "stream":
        return output.text
    return output.get("data", {}).get("text/plain", "")
