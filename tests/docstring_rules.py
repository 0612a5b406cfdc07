"""What the docstrings of the library must tell, as rules like those of the
house: each takes a folder of modules, and returns one sentence per breach.
"""
import ast
import re
from pathlib import Path

from book_rules.library import home_of
from book_rules.model import Book
from book_rules.tables import HOME_CHAPTERS, HOMES
from floor_rules import modules

BOOK = Book(Path(__file__).parents[1])
# Boxes, networks and verdicts, whose arrays are of any shape. All other
# modules with a home hold equations, one that is new as well.
SHAPELESS = {"flowgraph", "gradcheck", "network", "training"}
EQUATIONS = HOME_CHAPTERS.keys() - SHAPELESS


def public(folder):
    """(module, name, docstring or None) of every public name."""
    for module, tree in modules(folder).items():
        for node in tree.body:
            if (isinstance(node, ast.FunctionDef | ast.ClassDef)
                    and not node.name.startswith("_")):
                yield module, node.name, ast.get_docstring(node)


def documented(folder):
    for module, name, text in public(folder):
        if text is None:
            yield f"{module}.{name} has no docstring"
        elif module in EQUATIONS and "Shapes:" not in text:
            yield f"{module}.{name} does not tell its shapes"


def cites_its_home(folder):
    """A name with a home cites that chapter and no other, by its number."""
    for module, name, text in public(folder):
        home = home_of(f"{module}.{name}", HOMES)
        cited = {int(number) for number in
                 re.findall(r"\bchapter\s+(\d+)", text or "")}
        if home is not None and cited != {home}:
            told = " and ".join(map(str, sorted(cited))) or "none"
            yield f"{module}.{name} cites chapter {told}; its home is {home}"


def cites_labels_of_its_home(folder):
    """Where the home chapter is written, it holds the cited equations."""
    labels = {one.number: set(one.labels()) for one in BOOK.chapters}
    for module, name, text in public(folder):
        home = home_of(f"{module}.{name}", HOMES)
        if home in labels:
            cited = set(re.findall(r"\beq-[\w-]+", text or ""))
            for label in sorted(cited - labels[home]):
                yield (f"{module}.{name} cites {label}, which chapter {home} "
                       "does not hold")
