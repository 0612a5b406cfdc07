"""Typeset mathematics while the book is built, with KaTeX.

A page then needs no script for its formulas and is right without
JavaScript. What KaTeX does not know becomes a build warning.
"""

import re
from functools import cache
from html import escape
from pathlib import Path

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.util import logging

logger = logging.getLogger(__name__)
SCRIPT = Path(__file__).parent / "katex" / "katex.min.js"
UNDERLINE = "\u0332"  # KaTeX underlines the wrong place with it


class MathError(ValueError):
    """KaTeX refused a formula."""


@cache
def engine():
    context = MiniRacer()
    context.eval(SCRIPT.read_text("utf-8"))
    return context


@cache
def typeset(tex, display):
    """Return the HTML and MathML of a formula."""
    options = {"displayMode": display, "strict": "error"}
    try:
        return engine().call("katex.renderToString", tex, options)
    except JSEvalException as error:
        reason = str(error).replace(UNDERLINE, "").splitlines()[0]
        raise MathError(reason.split("ParseError: ")[-1]) from error


def html_of(node, display):
    tex = node.astext().strip()
    try:
        return typeset(tex, display)
    except MathError as error:
        logger.warning(
            "this formula cannot be typeset: %s; got %r; use commands that "
            "KaTeX supports", error, tex, location=node, type="katex")
        return f"<code>{escape(tex)}</code>"


def visit_math(translator, node):
    translator.body.append(html_of(node, display=False))
    raise nodes.SkipNode


def visit_math_block(translator, node):
    number = node.get("number")
    translator.body.append(
        translator.starttag(node, "div", CLASS="equation")
        + f'<div class="scrolls">{html_of(node, display=True)}</div>')
    if number:
        anchor = nodes.make_id(f"equation-{node['label']}")
        translator.body.append(
            f'<a class="eqno" href="#{anchor}" '
            f'aria-label="Link to equation {number}">({number})</a>')
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def number_by_chapter(app, doctree):
    """Turn equation 3 of chapter 02 into equation 2.3."""
    chapter = re.search(r"(?:^|/)(\d\d)_", app.env.docname)
    if not chapter:
        return
    equations = app.env.get_domain("math").equations
    for node in doctree.findall(nodes.math_block):
        if node.get("number"):
            node["number"] = f"{int(chapter[1])}.{node['number']}"
            equations[node["label"]] = (app.env.docname, node["number"])


def setup(app):
    app.add_html_math_renderer(
        "katex", (visit_math, None), (visit_math_block, None))
    app.connect("doctree-read", number_by_chapter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
