"""A chapter that is mentioned becomes a link when it is written."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "book/_ext"))

from chapter_links import linked  # noqa: E402
from docutils import nodes  # noqa: E402


def test_a_written_chapter_becomes_a_link():
    before, link, after = linked("see chapter 02, then", {"02": "book/02_x"})
    assert link["reftarget"] == "/book/02_x"
    assert link.astext() == "chapter 02"
    assert (before.astext(), after.astext()) == ("see ", ", then")


def test_an_unwritten_chapter_stays_text():
    pieces = list(linked("see chapter 14", {"02": "book/02_x"}))
    assert pieces == [nodes.Text("see chapter 14")]
