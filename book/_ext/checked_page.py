"""Write the table of what has been checked from the chapters' outputs.

Each check that passed left a record in its notebook. The column for a GPU
comes from the last run that was recorded on one, and is empty without it.
"""

import json
import re
from collections import defaultdict
from pathlib import Path

from stored_outputs import CHAPTER, cells, chapters, displays

PAGE = "book/checked"
RECORD = "application/vnd.dlbook.check+json"
GPU_RUN = "book/results/gpu_checks.json"
TITLES = ("Chapter", "Equation", "Quantity", "Finite differences",
          "PyTorch, float64", "PyTorch on a GPU", "Tolerance")


def records(env):
    """Yield (chapter, record) for every check of the book, in order."""
    for chapter in chapters(env):
        for cell in cells(env.doc2path(chapter)):
            for output in displays(cell):
                if RECORD in output["data"]:
                    yield chapter, output["data"][RECORD]


def gpu_run(folder):
    """Return the recorded run on a GPU, or None."""
    path = Path(folder) / GPU_RUN
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def key(chapter, record):
    return chapter, record["equation"], record["quantity"]


def on_gpu(run):
    """Return the keys of what was compared with PyTorch on the GPU."""
    return {key(f"book/{check['chapter']}", check)
            for check in (run["checks"] if run else [])
            if "torch" in check["ways"]}


def gather(found):
    """Return {key: its records}, in order."""
    rows = defaultdict(list)
    for chapter, record in found:
        rows[key(chapter, record)].append(record)
    return rows


def yes(condition):
    return "yes" if condition else "–"


def plain(text):
    """Keep Markdown from reading anything into the text."""
    return re.sub(r"([\\`*_$|<\[])", r"\\\1", text)


def row(name, checks, gpu):
    chapter, equation, quantity = name
    number = CHAPTER.fullmatch(chapter)[1]
    return (f"[{number}](/{chapter})",
            f"{{eq}}`{equation}`" if equation else "–",
            plain(quantity),
            yes(any(c["kind"] == "finite differences" for c in checks)),
            yes(any("torch" in c["ways"] for c in checks)),
            ("yes" if name in gpu else "") if gpu else "",
            ", ".join(sorted({f"{c['tolerance']:g}" for c in checks})))


def table(rows, gpu):
    lines = [TITLES, ["---"] * len(TITLES)]
    lines += [row(name, checks, gpu) for name, checks in rows.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def totals(found, rows):
    equations = {name[1] for name in rows if name[1]}
    differences = [r for _, r in found if r["kind"] == "finite differences"]
    return (f"In all {len(found)} checks of {len(equations)} equations: "
            f"{len(differences)} against finite differences, "
            f"{len(found) - len(differences)} of independent ways against "
            "each other.")


def gpu_sentence(run):
    if run is None:
        return "No run on a GPU has been recorded, so that column is empty."
    versions = ", ".join(f"{name} {number}"
                         for name, number in run["versions"].items())
    return (f"The column for a GPU was recorded on {run['date']} on one "
            f"{run['device']} ({versions}).")


def write_table(app, docname, source):
    if docname != PAGE:
        return
    run, found = gpu_run(app.srcdir), list(records(app.env))
    rows = gather(found)
    source[0] += "\n\n".join(["", totals(found, rows), gpu_sentence(run),
                              table(rows, on_gpu(run))])


def setup(app):
    app.connect("source-read", write_table)
    app.connect("env-get-outdated", lambda *_: [PAGE])
    return {"parallel_read_safe": True, "parallel_write_safe": True}
