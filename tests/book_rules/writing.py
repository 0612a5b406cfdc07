"""Rules about what is written: parts, exercises, alt text, fences."""

import ast
import re

from .model import called, words

HEADING = re.compile(
    r"^### Exercise (\d+)\.(\d+): \S.* \((\w+ minutes?(, \w+)?|open)\)$"
)
INSIDE_TEX = re.compile(r"\\(label|tag)\{|\\begin\{(align|equation)\*?\}")
NETWORK = re.compile(
    r"\b(requests|urllib|httpx|socket|pooch|urlretrieve|fetch_\w+|"
    r"load_mnist|torch\.hub)\b|https?://"
)


def has_its_parts(chapter):
    """A title, the card, a check, a figure, a widget."""
    opening = chapter.prose[0].source if chapter.prose else ""
    if not re.match(r"# \S.*\n+> ", opening):
        yield "the first cell is not a title followed by the card, a > quote"
    for part in ("figure", "explore"):
        if not any(chapter.calls(part)):
            yield f"there is no {part}(...)"
    if not any(chapter.records()):
        yield "no check left a record"


def images_have_alt_text(chapter):
    """A sentence for every stored picture, words for every linked one."""
    for cell, output in chapter.outputs():
        if "image/png" in output.get("data", {}):
            alt = output.metadata.get("image/png", {}).get("alt", "")
            if not is_sentence(alt):
                yield f"{cell.id}: the picture's alt text is {alt!r}"
        page = output.get("data", {}).get("text/html", "")
        for tag in re.findall(r"<img\b[^>]*>", page):
            if not re.search(r'\balt="[^"]{20,}"', tag):
                yield f"{cell.id}: an <img> in HTML has no alt text"
    for cell in chapter.prose:
        if re.search(r"!\[\s*\]\(|<img (?![^>]*alt=\"\w)", cell.source):
            yield f"{cell.id}: an image in the text has no alt text"


def is_sentence(alt):
    return len(alt.split()) >= 6 and alt.rstrip().endswith(".")


def exercises(chapter):
    """[(number or None, heading, whether it has a solution)] in order."""
    found = []
    for cell in chapter.notebook.cells:
        parts = [cell.source]
        if cell.cell_type == "markdown":
            parts = re.split(r"^(?=#{1,3} )", cell.source, flags=re.MULTILINE)
        for part in parts:
            if cell.cell_type == "markdown" and part.startswith("#"):
                found.append([part.partition("\n")[0], False])
            if found and is_solution(cell, part):
                found[-1][1] = True
    for heading, solved in found:
        if heading.startswith("### Exercise"):
            told = HEADING.match(heading)
            number = f"{int(told[1])}.{told[2]}" if told else None
            yield number, heading, solved


def is_solution(cell, part):
    """A folded solution in prose, or a hidden cell that is tagged."""
    if cell.cell_type == "markdown":
        return "<details><summary>Solution</summary>\n\n" in part
    return {"solution", "hide-cell"} <= set(cell.metadata.get("tags", []))


def exercises_are_complete(chapter):
    """Four to six, numbered in order, each with a solution."""
    found = list(exercises(chapter))
    if chapter.number and not 4 <= len(found) <= 6:
        yield f"there are {len(found)} exercises, not four to six"
    for i, (number, heading, solved) in enumerate(found, 1):
        if number != f"{chapter.number}.{i}":
            yield (
                f"{heading!r} should read '### Exercise {chapter.number}.{i}: "
                "title (n minutes)' or '(open)'"
            )
        if not solved:
            yield f"exercise {i} has no folded solution"


def answers_answer_back(chapter):
    """Answer cells end in exercise(...), and a solution is found right."""
    tagged = [
        cell for cell in chapter.code
        if "answer" in cell.metadata.get("tags", [])
    ]
    if chapter.number and len(tagged) < 2:
        yield f"there are {len(tagged)} answer cells, not two or more"
    told = [
        line for _, output in chapter.outputs()
        for line in words(output).splitlines()
    ]
    numbers = {number for number, *_ in exercises(chapter)} - {None}
    for cell in tagged:
        name = asked(cell)
        if name not in numbers:
            yield f"{cell.id} does not end in exercise(...) of its heading"
            continue
        for verdict in ("not tried yet.", "right."):
            if f"Exercise {name}: {verdict}" not in told:
                yield f"exercise {name} never says {verdict!r}"


def asked(cell):
    """The exercise that a cell ends in, or None."""
    last = ast.parse(cell.source).body[-1:]
    call = getattr(last[0], "value", None) if last else None
    if isinstance(call, ast.Call) and called(call) == "exercise":
        return ast.literal_eval(call.args[0])
    return None


def fences_are_plain(chapter):
    """Directives stand in ::: fences with plain titles."""
    for cell in chapter.prose:
        if re.search(r"^\s*`{3,}\{", cell.source, re.MULTILINE):
            yield f"{cell.id}: a directive in a backtick fence; use :::"
        if re.search(r"^\s*:{3,}\{.*\}.*[`$]", cell.source, re.MULTILINE):
            yield f"{cell.id}: a ::: title with a role, code or math"


def labels_stand_outside(chapter):
    """$$ ... $$ (eq-name), which every reader of Markdown can show."""
    for cell in chapter.prose:
        if INSIDE_TEX.search(cell.source):
            yield f"{cell.id}: a label or an align inside the TeX"
    for label in chapter.labels():
        if not re.fullmatch(r"eq(-[a-z0-9]+)+", label):
            yield f"the label {label} is not of the form eq-name"


def stays_off_the_network(chapter):
    """No cell of code reaches the network, a shell or a magic."""
    for cell in chapter.code:
        found = NETWORK.search(cell.source) or re.search(
            r"^\s*[!%].*", cell.source, re.MULTILINE
        )
        if found:
            yield f"{cell.id} holds {found[0]!r}"
