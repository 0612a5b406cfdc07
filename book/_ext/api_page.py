"""Write the reference of the library from its docstrings.

Below the text of book/api.md comes an entry for each public name. The words
"chapter 04" and "eq-softmax" of a docstring become links as soon as there is
such a chapter or equation.
"""

import ast
import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from library_source import modules, overview, public, signature
from sphinx.util.nodes import make_refnode
from stored_outputs import CHAPTER, chapters

PAGE = "book/api"
PACKAGE = "dlbook_lib"
MENTION = re.compile(r"\bchapter (\d\d)\b|\b(eq-[a-z0-9]+(?:-[a-z0-9]+)*)\b")


class Docstring(Directive):
    """Show its content as it stands, ready for links."""

    has_content = True

    def run(self):
        text = "\n".join(self.content)
        # The differing raw source keeps the highlighter away from it.
        return [nodes.literal_block("docstring", text,
                                    classes=["docstring"])]


def fenced(name, argument, body, colons):
    fence = ":" * colons
    return f"{fence}{{{name}}} {argument}\n{body}\n{fence}\n"


def entry(kind, node):
    """Return the Markdown of a function or class and its methods."""
    body = fenced("docstring", "", ast.get_docstring(node) or "", 3)
    if isinstance(node, ast.ClassDef):
        body += "".join(entry("py:method", method) for method in public(node)
                        if ast.get_docstring(method))
    colons = 5 if isinstance(node, ast.ClassDef) else 4
    return fenced(kind, signature(node), body, colons)


def section(name, tree):
    lines = [f"## {name}\n",
             fenced("py:module", f"{PACKAGE}.{name}", "", 3),
             fenced("docstring", "", ast.get_docstring(tree) or "", 3)]
    for node in public(tree):
        is_class = isinstance(node, ast.ClassDef)
        lines.append(entry("py:class" if is_class else "py:function", node))
    return "\n".join(lines)


def write_reference(app, docname, source):
    if docname != PAGE:
        return
    package = Path(app.srcdir) / PACKAGE
    init = ast.parse((package / "__init__.py").read_text("utf-8"))
    parts = [source[0],
             fenced("docstring", "", overview({"__init__": init}), 3)]
    parts += [section(*item) for item in modules(package).items()]
    source[0] = "\n\n".join(parts)


def targets(app):
    """Return {"chapter 04" or "eq-softmax": (document, anchor)}."""
    found = {f"chapter {CHAPTER.fullmatch(name)[1]}": (name, "")
             for name in chapters(app.env)}
    equations = app.env.get_domain("math").equations
    return found | {label: (place[0], nodes.make_id(f"equation-{label}"))
                    for label, place in equations.items()}


def link_mentions(app, doctree, docname):
    if docname != PAGE:
        return
    known = targets(app)
    for block in list(doctree.findall(nodes.literal_block)):
        if "docstring" in block["classes"]:
            text = block.astext()
            block.children = []
            block += linked(app, text, known)


def linked(app, text, known):
    """Split a text into plain pieces and links."""
    pieces, end = [], 0
    for mention in MENTION.finditer(text):
        if mention[0] in known:
            place = make_refnode(app.builder, PAGE, *known[mention[0]],
                                 nodes.Text(mention[0]))
            pieces += [nodes.Text(text[end:mention.start()]), place]
            end = mention.end()
    return pieces + [nodes.Text(text[end:])]


def setup(app):
    app.add_directive("docstring", Docstring)
    app.connect("source-read", write_reference)
    app.connect("doctree-resolved", link_mentions)
    app.connect("env-get-outdated", lambda *_: [PAGE])
    return {"parallel_read_safe": True, "parallel_write_safe": True}
