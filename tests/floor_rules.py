"""The rules of the library's house. Each takes a folder of modules, and
returns one sentence for each breach: no sentence, no breach.
"""
import ast
import graphlib
import json
import re
import sys

# Lowest first. A room with a door outside stands above every floor, so that
# chapters may use it and floors cannot.
FLOORS = [
    "checks activations losses regularizers initializers optimizers "
    "schedules storage data",
    "flowgraph",
    "gradcheck layers criteria operations puzzle",
    "network autodiff checkpoint",
    "training",
    "search",
    "comparison quoting plot_summary widget_page",
    "torch_twin plotting exercises",
    "drawing",
    "chapter",
    "widgets",
]
HEIGHT = {name: height for height, names in enumerate(FLOORS)
          for name in names.split()}
# Who alone may import which package; NumPy is open to all.
DOORS = {
    "sklearn": "data", "pooch": "data", "tqdm": "training",
    "optuna": "search",
    "torch": "torch_twin", "pygraphviz": "drawing",
    "matplotlib": "plotting", "PIL": "plotting",
    "IPython": "chapter", "ipywidgets": "widgets",
}
# Docstrings, which another rule demands, are not counted.
MODULE_LINES, FUNCTION_LINES, COLUMNS = 150, 25, 79


def modules(folder):
    """{name: syntax tree} of every module but __init__."""
    return {path.stem: ast.parse(path.read_text())
            for path in sorted(folder.glob("*.py"))
            if path.stem != "__init__"}


def imported(tree):
    """Dotted names that a module imports, a package's own written in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            home = ".".join(filter(None, [
                "dlbook_lib" if node.level else "", node.module]))
            if home == "dlbook_lib":
                yield from (f"{home}.{alias.name}" for alias in node.names)
            else:
                yield home


def neighbours(tree):
    """The modules of the library that a module imports."""
    return {name.split(".")[1] for name in imported(tree)
            if name.startswith("dlbook_lib.")}


def imports_go_down(folder):
    for name, tree in modules(folder).items():
        if name not in HEIGHT:
            yield f"{name} has no floor: give it one in FLOORS"
            continue
        for other in sorted(neighbours(tree)):
            if HEIGHT.get(other, len(FLOORS)) > HEIGHT[name]:
                yield f"{name} reaches up to {other}"


def every_floor_is_furnished(folder):
    for name in sorted(HEIGHT.keys() - modules(folder)):
        yield f"{name} stands in FLOORS but there is no such module"


def no_circle(folder):
    graph = {name: neighbours(tree) for name, tree in modules(folder).items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        yield "imports run in a circle: " + " -> ".join(error.args[1])


def doors_are_kept(folder):
    for name, tree in modules(folder).items():
        outside = {full.split(".")[0] for full in imported(tree)}
        known = sys.stdlib_module_names | {"dlbook_lib", "numpy"}
        for package in sorted(outside - known):
            keeper = DOORS.get(package)
            if keeper is None:
                yield f"{name} imports {package}, which no module may"
            elif keeper != name:
                yield f"{name} imports {package}; only {keeper} may"


def init_is_a_map(folder):
    tree = ast.parse((folder / "__init__.py").read_text())
    if len(tree.body) != 1:
        yield "__init__ holds more than its docstring"
    words = re.findall(r"\w+", ast.get_docstring(tree) or "")
    for name in modules(folder):
        if name not in words:
            yield f"{name} is missing from the map in __init__"


def lines_of(node):
    """How many lines a function, class or module has without docstrings."""
    kinds = ast.FunctionDef | ast.ClassDef | ast.Module
    docstrings = [inner.body[0] for inner in ast.walk(node)
                  if isinstance(inner, kinds) and ast.get_docstring(inner)]
    first = getattr(node, "lineno", 1)
    last = getattr(node, "end_lineno", 0) or node.body[-1].end_lineno
    return last - first + 1 - sum(
        text.end_lineno - text.lineno + 1 for text in docstrings)


def small_enough(folder):
    for name, tree in modules(folder).items():
        if lines_of(tree) > MODULE_LINES:
            yield (f"{name} has {lines_of(tree)} lines; the most is "
                   f"{MODULE_LINES}")
        for node in ast.walk(tree):
            if (isinstance(node, ast.FunctionDef)
                    and lines_of(node) > FUNCTION_LINES):
                yield (f"{name}.{node.name} has {lines_of(node)} lines; the "
                       f"most is {FUNCTION_LINES}")


def narrow_enough(folder):
    for path in sorted(folder.glob("*.py")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line) > COLUMNS:
                yield (f"{path.stem}, line {number} has {len(line)} columns; "
                       f"the most is {COLUMNS}")


def no_utils(folder):
    for name in modules(folder):
        if re.search("util|helper|misc|common", name):
            yield f"{name} is a name for anything: name the idea"


GLOBAL_STATE = re.compile(
    r"\b(?:np|numpy)\.random\.(?!default_rng\b|Generator\b|SeedSequence\b)"
    r"\w+|\bnumpy\.random import (?!default_rng|Generator)\w+"
    r"|\btorch\.(?:cuda\.)?(?:manual_)?seed\w*"
    r"|^\s*(?:import random\b|from random import)", re.MULTILINE)


def no_global_random_state(folder):
    """Looks at programs and at the code cells of chapters, never at prose."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".py", ".md", ".ipynb"):
            continue
        for found in GLOBAL_STATE.findall(code_of(path)):
            yield (f"{path.name} uses the global random state: "
                   f"{found.strip()}")


def code_of(path):
    """The code of a program, of a chapter's text, or of a notebook."""
    text = path.read_text()
    if path.suffix == ".md":
        cells = re.findall(r"^```\{code-cell\}(.*?)^```", text,
                           re.MULTILINE | re.DOTALL)
        return "\n".join(cells)
    if path.suffix == ".ipynb":
        return "\n".join("".join(cell["source"])
                         for cell in json.loads(text)["cells"]
                         if cell["cell_type"] == "code")
    return text
