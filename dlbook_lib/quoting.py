"""The live source of a library object, without its docstrings."""

import ast
import inspect


def source_without_docstring(thing):
    """The source text of a function or class of this library."""
    home = getattr(thing, "__module__", None) or ""
    if not inspect.isroutine(thing) and not inspect.isclass(thing):
        raise TypeError(
            f"show quotes functions and classes; got {type(thing).__name__}."
        )
    if not home.startswith("dlbook_lib."):
        raise ValueError(
            f"show quotes dlbook_lib; {thing.__qualname__} lives in "
            f"{home!r}. Its source is in your notebook already."
        )
    source = inspect.cleandoc("\n" + inspect.getsource(thing)) + "\n"
    lines = source.splitlines(keepends=True)
    for first, last in docstring_spans(source):
        blank_follows = last < len(lines) and not lines[last].strip()
        lines[first - 1:last + blank_follows] = [""] * (
            last + blank_follows - first + 1
        )
    return "".join(lines)


def docstring_spans(source):
    """First and last line of each docstring that is not the whole body."""
    kinds = ast.FunctionDef | ast.ClassDef
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, kinds) and ast.get_docstring(node):
            if len(node.body) > 1:
                yield node.body[0].lineno, node.body[0].end_lineno
