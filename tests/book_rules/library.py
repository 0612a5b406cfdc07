"""Rules between the chapters, the library and the record of checks."""

import ast
import re
from collections import Counter

from .tables import EARLY, MADE

# These rooms and tools have no home chapter and may be used in every one.
HOMELESS = {
    "checks", "comparison", "data", "chapter", "drawing", "exercises",
    "plot_summary", "plotting",
    "quoting", "storage", "torch_twin", "widget_page", "widgets",
}
FREE = {"finite_difference", "relative_error", "check_gradient"}


def contents_are_in_order(book):
    """The contents list the chapters that lie there, in file order."""
    if not book.listed:
        yield "_toc.yml lists no chapter"
    if book.listed != sorted(book.listed):
        yield "_toc.yml does not list the chapters in file order"
    for entry in book.listed:
        for suffix in (".md", ".ipynb"):
            if not (book.root / (entry + suffix)).exists():
                yield f"_toc.yml lists {entry}, but {entry}{suffix} is missing"
    for path in sorted((book.root / "book").glob("[0-9][0-9]_*.*")):
        if f"book/{path.stem}" not in book.listed:
            yield f"book/{path.name} is not in _toc.yml"


def public_names(package):
    """module.name for each public function and class that needs a home."""
    for path in sorted(package.glob("*.py")):
        if path.stem in HOMELESS or path.stem == "__init__":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                if not node.name.startswith("_"):
                    yield f"{path.stem}.{node.name}"


def home_of(name, homes):
    """The home of module.name; a derivative lives with its function."""
    name = MADE.get(name, name)
    for ending in ("", "_prime", "_grad"):
        if name.endswith(ending) and name.removesuffix(ending) in homes:
            return homes[name.removesuffix(ending)]
    return None


def every_name_has_a_home(names, homes):
    """Each public name of the library stands in the table of homes."""
    for name in names:
        if home_of(name, homes) is None:
            yield f"{name} has no home chapter in tests/book_rules/tables.py"


def homes_are_of_names(names, homes):
    """The table of homes holds no name that the library lacks."""
    for name in sorted(set(homes) - set(names)):
        yield f"the table of homes holds {name}; the library does not"


def names_are_shown_at_home(book, names, homes):
    """A name whose home is written is shown there, once, nowhere else."""
    shown = {one.number: Counter(shows(one)) for one in book.chapters}
    for name in names:
        home = home_of(name, homes)
        for number, counted in shown.items():
            wanted = int(number == home)
            if counted[name] != wanted:
                yield (
                    f"chapter {number:02d} shows {name} {counted[name]} "
                    f"times; its home is {home}"
                )


def shows(chapter):
    """module.name for each library object that a chapter shows."""
    known = dict(imports(chapter))
    for call in chapter.calls("show"):
        for argument in call.args:
            yield known.get(getattr(argument, "id", None), "something else")


def imports(chapter):
    """(name in the chapter, module.name) for what it takes from dlbook_lib."""
    for cell in chapter.code:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                if module.startswith("dlbook_lib."):
                    for alias in node.names:
                        name = f"{module.split('.')[1]}.{alias.name}"
                        yield alias.asname or alias.name, name


def imports_are_plain(chapter):
    """from dlbook_lib.module import name, so that a reader sees whence."""
    for cell in chapter.code:
        if re.search(r"import dlbook_lib|from dlbook_lib import|"
                     r"from dlbook_lib\.\w+ import (\*|.* as )", cell.source):
            yield f"{cell.id}: write from dlbook_lib.module import name"


def only_known_names_are_used(chapter, homes):
    """A chapter uses its own and earlier names; the tour, every name."""
    if chapter.number == 0:
        return
    for name, origin in imports(chapter):
        module = origin.split(".")[0]
        home = home_of(origin, homes)
        if (module in HOMELESS or name in FREE
                or (chapter.number, origin) in EARLY):
            continue
        if home is None or home > chapter.number:
            yield f"{origin} is used before its home, chapter {home}"


def equations_are_checked(book, excused):
    """Every labelled equation is named by a check, or excused for a reason."""
    labels = Counter(label for one in book.chapters for label in one.labels())
    checked = {
        record["equation"] for one in book.chapters for record in one.records()
    }
    for label, times in labels.items():
        if times > 1:
            yield f"{label} labels {times} equations"
        if label not in checked and label not in excused:
            yield f"{label} is neither checked nor excused"
    for label in checked - {None} - set(labels):
        yield f"a check names {label}, which no chapter holds"


def excuses_are_needed(book, excused):
    """An excuse names an equation that is there and that nothing checks."""
    labels = {label for one in book.chapters for label in one.labels()}
    checked = {
        record["equation"] for one in book.chapters for record in one.records()
    }
    for label, reason in excused.items():
        result = re.fullmatch(r"step-of: (\S+)", reason)
        if label not in labels:
            yield f"{label} is excused, but no chapter holds it"
        if label in checked:
            yield f"{label} is excused and checked"
        if result and result[1] not in checked:
            yield f"{label} is a step of {result[1]}, which is not checked"
        if not result and len(reason.split()) < 3:
            yield f"{label} is excused without a reason"
