"""Read the library's source without importing it. Not an extension itself.

So the reference is built where PyTorch is not installed.
"""

import ast
import re
from pathlib import Path

DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


def modules(package):
    """Return {module name: syntax tree}, in the order of the package's map.

    The map is the package's docstring: one line a module, name first.
    """
    trees = {path.stem: ast.parse(path.read_text("utf-8"), str(path))
             for path in sorted(Path(package).glob("*.py"))}
    named = re.findall(r"^(?:\S[^\n]{0,7})? +(\w+)  ", overview(trees), re.M)
    order = [name for name in named if name in trees]
    rest = [name for name in trees if name not in order]
    return {name: trees[name] for name in order + rest
            if name != "__init__"}


def overview(trees):
    return ast.get_docstring(trees["__init__"]) or ""


def public(tree):
    """Return the functions, classes or methods that are for others."""
    return [node for node in tree.body if isinstance(node, DEFINITIONS)
            and not node.name.startswith("_")]


def signature(node):
    """Return "name(arguments)" as a caller writes it."""
    if isinstance(node, ast.ClassDef):
        makers = [part for part in node.body
                  if isinstance(part, ast.FunctionDef)
                  and part.name == "__init__"]
        return node.name + (arguments(makers[0], 1) if makers else "")
    is_method = node.args.args[:1] and node.args.args[0].arg == "self"
    return node.name + arguments(node, 1 if is_method else 0)


def arguments(function, skipped):
    """Return the arguments in brackets, without the first few."""
    given = function.args
    for argument in ast.walk(given):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    del (given.posonlyargs or given.args)[:skipped]
    return f"({ast.unparse(given)})"
