"""Rules about stored outputs: what was run, and what may be printed."""

import html
import re

MEGABYTE = 1_000_000
# A unit or a full stop may follow a number; more digits make a version of it.
NUMBER = re.compile(r"(?<![\w.])\d*\.\d+(?:e[-+]?\d+)?(?!\d|\.\d)|"
                    r"(?<![\w.])\d+\.?\d*e[-+]?\d+")
WIDGET = '<figure class="explore" id="explore-'
FLEETING = {
    "a time": r"\d ?(ms|µs|us|seconds?|secs?|s)\b|\b\d\d:\d\d\b",
    "a date": r"\b20\d\d-\d\d-\d\d\b",
    "a path": r"(?<!\w)(/home|/tmp|/usr|/root|/Users|~)/|\b[A-Z]:\\|"
              r"site-packages",
    "a version": r"\b\d+\.\d+\.\d+\b",
    "an address": r"\b0x[0-9a-fA-F]{6,}",
    "a device": r"(?i)\b(cuda|cpu|mps|nvidia|geforce|tesla)\b",
}


def pair_is_equal(chapter):
    """The two files hold the same cells."""
    text, read = chapter.text.cells, chapter.notebook.cells
    if len(text) != len(read):
        yield f"{len(text)} cells in the text, {len(read)} in the notebook"
    for i, (one, other) in enumerate(zip(text, read)):
        for part in ("cell_type", "source", "metadata"):
            if one[part] != other[part]:
                yield f"cell {i}: {part} differs between text and notebook"
                break


def every_cell_ran_in_order(chapter):
    """Execution counts are 1, 2, ...; no cell is empty."""
    for i, cell in enumerate(chapter.code, 1):
        if not cell.source.strip():
            yield f"{cell.id} is an empty code cell"
        if cell.execution_count != i:
            yield f"{cell.id} ran as {cell.execution_count}, not as {i}"


def no_errors_or_warnings(chapter):
    """No output is an error or was written to stderr."""
    for cell, output in chapter.outputs():
        if output.output_type == "error":
            yield f"{cell.id} stores an error: {output.ename}"
        if output.get("name") == "stderr":
            yield f"{cell.id} stores a message on stderr"


def notebook_is_normal(chapter):
    """No widget state, no timing, ids by position."""
    if "widgets" in chapter.notebook.metadata:
        yield "the notebook stores widget state"
    for i, cell in enumerate(chapter.notebook.cells):
        if cell.id != f"cell-{i:02d}":
            yield f"cell {i} has the id {cell.id}"
        if "execution" in cell.metadata:
            yield f"{cell.id} stores when it was executed"


def no_cell_is_excused(chapter):
    """No marker keeps a cell from being run and compared."""
    for cell in chapter.code:
        tags = [tag.lower() for tag in cell.metadata.get("tags", [])]
        marked = [tag for tag in tags if tag.startswith("nbval")]
        marked += {"raises-exception", "skip-execution"}.intersection(tags)
        if marked or re.search(r"(?i)#\s*(nbval|pytest)", cell.source):
            yield f"{cell.id} is marked to escape its comparison"


def numbers_are_short(chapter):
    """At most four significant digits; integers are as long as they are."""
    for cell, text in printed(chapter):
        for number in NUMBER.findall(text):
            if significant(number) > 4:
                yield f"{cell.id} prints {number}"


def significant(number):
    """How many significant digits a number is printed with."""
    mantissa = number.split("e")[0]
    whole, _, fraction = mantissa.partition(".")
    if not fraction.strip("0"):
        return len(whole.strip("0")) if "e" in number else 0
    return len((whole + fraction).lstrip("0"))


def nothing_fleeting_is_printed(chapter):
    """No time, date, path, version, address or device."""
    for cell, text in printed(chapter):
        for kind, pattern in FLEETING.items():
            found = re.search(pattern, text)
            if found:
                yield f"{cell.id} prints {kind}: {found[0]!r}"


def printed(chapter):
    """(cell, text) of every output that a reader sees as words."""
    for cell, output in chapter.outputs():
        data = output.get("data", {"text/plain": output.get("text", "")})
        plain = data.get("text/plain", "")
        if data.get("text/markdown") == f"```python\n{plain}```":
            continue  # source that show quotes
        for kind, text in data.items():
            if kind == "text/html":
                yield cell, words_of_page(text)
            elif kind.startswith("text/"):
                yield cell, text


def words_of_page(page):
    """What a page says between its tags; a widget says it in its text."""
    if page.startswith(WIDGET):
        return ""
    return html.unescape(re.sub(r"<[^>]*>", " ", page))


def sizes_are_small(chapter):
    """A notebook stays below 3 MB, a widget below 300 kB."""
    size = chapter.path.with_suffix(".ipynb").stat().st_size
    if size > 3 * MEGABYTE:
        yield f"the notebook has {size / MEGABYTE:.1f} MB"
    for cell, output in chapter.outputs():
        page = output.get("data", {}).get("text/html", "")
        if len(page.encode()) > 0.3 * MEGABYTE:
            yield f"{cell.id}: {len(page.encode()) // 1000} kB of HTML"
