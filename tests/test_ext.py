"""The book's own Sphinx extensions, on a small book made on the spot."""

import ast
import json
import sys
from pathlib import Path

import pytest
from PIL import Image
from small_book import EXTENSIONS, RECORD, build, write_book

ROOT = Path(__file__).parents[1]
sys.path.append(str(EXTENSIONS))

import api_page  # noqa: E402
import checked_page  # noqa: E402
import katex_math  # noqa: E402
import library_source  # noqa: E402


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    write_book(folder)
    out, warnings = build(folder)
    assert warnings == ""
    return out


def page(built, name):
    return (built / "book" / f"{name}.html").read_text("utf-8")


def test_katex_refuses_what_it_does_not_know():
    with pytest.raises(katex_math.MathError, match=r"\\nonsense"):
        katex_math.typeset(r"\nonsense{x}", False)


def test_an_unknown_macro_is_a_build_warning(tmp_path):
    write_book(tmp_path, index="# A book\n\n$$\\nonsense{x}$$\n")
    _, warnings = build(tmp_path)
    assert "cannot be typeset" in warnings and "nonsense" in warnings
    assert "index.md" in warnings


def test_a_formula_is_html_and_mathml_with_its_chapters_number(built):
    html = page(built, "01_lines")
    assert 'class="katex-html" aria-hidden="true"' in html
    assert "<math" in html and "$$" not in html
    assert 'id="equation-eq-line"' in html
    assert html.count("(1.1)") == 2  # at the formula, and in the text


def test_a_figure_carries_its_metadata(built):
    html = page(built, "01_lines")
    assert 'alt="A &lt;line&gt;."' in html
    assert 'width="40"' in html and 'height="30"' in html
    assert 'loading="lazy"' in html
    assert "a summary" not in html and "in words" not in html


def test_frames_become_files(built):
    html = page(built, "01_lines")
    assert "data:image" not in html and "model_id" not in html
    frames = sorted(path.name for path in built.glob("_images/frame-*.png"))
    assert len(frames) == 2
    assert all(f"../_images/{name}" in html for name in frames)
    assert {Image.open(built / "_images" / name).getpixel((0, 0))
            for name in frames} == {2, 3}


def test_a_solution_is_named(built):
    html = page(built, "01_lines")
    assert "Show solution" in html and "Show code cell" not in html
    assert "Toggle hidden content" not in html


def test_the_reference_follows_the_map_and_links_what_exists(built):
    html = page(built, "api")
    assert html.index("Above.") < html.index("Below.")
    assert 'id="dlbook_lib.upper.Box.step"' in html
    assert "One *step*." in html and "Hidden" not in html
    assert 'href="01_lines.html">chapter 01</a>' in html
    assert 'href="01_lines.html#equation-eq-line">eq-line</a>' in html
    assert ", chapter 99, eq-none." in html


@pytest.mark.parametrize("source,expected", [
    ("def f(a, /, b, *c, d=1, **e): pass", "f(a, /, b, *c, d=1, **e)"),
    ("def step(self, theta): pass", "step(theta)"),
    ("def f(a: int = 3) -> int: pass", "f(a=3)"),
    ("class Box:\n def __init__(self, n): pass", "Box(n)"),
    ("class Box: pass", "Box"),
])
def test_signatures(source, expected):
    definition = ast.parse(source).body[0]
    assert library_source.signature(definition) == expected


def test_every_library_module_has_a_place_in_the_map_or_comes_last():
    found = list(library_source.modules(ROOT / "dlbook_lib"))
    assert found.index("activations") < found.index("layers")
    assert found.index("layers") < found.index("network")
    assert set(found) == {path.stem for path in
                          (ROOT / "dlbook_lib").glob("*.py")} - {"__init__"}


def test_the_table_of_checks(built):
    html = page(built, "checked")
    assert "In all 1 checks of 1 equations" in html
    assert 'href="01_lines.html#equation-eq-line"' in html
    assert "No run on a GPU has been recorded" in html


def test_rows_say_how_a_quantity_was_checked():
    slope = RECORD | {"kind": "finite differences", "tolerance": 1e-6,
                      "ways": ["library", "finite differences"]}
    name = ("book/01_lines", "eq-line", "line")
    rows = checked_page.gather([(name[0], RECORD), (name[0], slope)])
    assert list(rows) == [name]
    assert checked_page.row(name, rows[name], set())[2:] == (
        "line", "yes", "yes", "", "1e-06, 1e-12")
    row = checked_page.row(name, [slope], {name})
    assert row[3:6] == ("yes", "–", "yes")
    assert checked_page.row(name, [slope], {("b", "c", "d")})[5] == ""


def test_a_quantity_is_shown_as_it_is_written():
    odd = RECORD | {"quantity": "a_b | *c*"}
    shown = checked_page.row(("book/01_x", None, odd["quantity"]), [odd], ())
    assert shown[1:3] == ("–", r"a\_b \| \*c\*")


def test_only_torch_on_the_recorded_gpu_counts(tmp_path):
    assert checked_page.gpu_run(tmp_path) is None
    run = {"device": "A GPU", "versions": {"torch": "2"}, "date": "a day",
           "checks": [{"chapter": "01_lines"} | RECORD,
                      {"chapter": "01_lines"} | RECORD
                      | {"quantity": "slope", "ways": ["naive", "library"]}]}
    path = tmp_path / checked_page.GPU_RUN
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(run))
    read = checked_page.gpu_run(tmp_path)
    assert checked_page.on_gpu(read) == {("book/01_lines", "eq-line", "line")}
    assert checked_page.gpu_sentence(read) == (
        "The column for a GPU was recorded on a day on one A GPU (torch 2).")


def test_mentions_that_lead_nowhere_stay_plain():
    pieces = api_page.linked(None, "chapter 07, eq-late", {})
    assert [piece.astext() for piece in pieces] == ["chapter 07, eq-late"]
