"""`chapter 14` in the text becomes a link as soon as chapter 14 is written.

Until then it stays plain text, so that a chapter may look ahead.
"""
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

MENTION = re.compile(r"\bchapter (\d\d)\b")
NOT_INSIDE = (nodes.title, nodes.literal, nodes.literal_block, nodes.reference,
              addnodes.pending_xref, nodes.math, nodes.raw)


class ChapterLinks(SphinxTransform):
    default_priority = 500

    def apply(self):
        pages = {name[len("book/"):][:2]: name for name in self.env.found_docs
                 if re.match(r"book/\d\d_", name)}
        pages = {n: p for n, p in pages.items() if p != self.env.docname}
        for text in list(self.document.findall(nodes.Text)):
            if not any(isinstance(above, NOT_INSIDE)
                       for above in ancestors(text)):
                pieces = list(linked(text.astext(), pages))
                if len(pieces) > 1:
                    text.parent.replace(text, pieces)


def ancestors(node):
    while node.parent is not None:
        node = node.parent
        yield node


def linked(text, pages):
    """The text in pieces, each mention of a written chapter a link."""
    end = 0
    for mention in MENTION.finditer(text):
        page = pages.get(mention[1])
        if page:
            yield nodes.Text(text[end:mention.start()])
            yield addnodes.pending_xref(
                "", nodes.inline("", mention[0]), refdomain="std",
                reftype="doc", reftarget=f"/{page}", refexplicit=True)
            end = mention.end()
    yield nodes.Text(text[end:])


def setup(app):
    app.add_transform(ChapterLinks)
    return {"parallel_read_safe": True}
