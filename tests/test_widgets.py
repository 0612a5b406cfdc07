"""An explorable figure: every frame on the page, any value with a kernel."""

import json
import re

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest

from dlbook_lib import chapter
from dlbook_lib.widgets import WIDGET_MIME, explore

ALT = "A line whose slope you choose with the slider."


@pytest.fixture
def emitted(monkeypatch):
    """The mime bundles that a chapter would display."""
    outputs = []
    monkeypatch.setattr(chapter, "emit", outputs.append)
    return outputs


def draw(**values):
    fig, axes = plt.subplots(figsize=(2, 1.5))
    slope = sum(v if v != str(v) else len(v) for v in values.values())
    axes.plot([0, 1], [0, slope])
    return fig, f"<b> slope {slope:.3g}"


def page_data(page):
    """The sliders and frames that a page's script reads."""
    found = re.search(
        r'<script type="application/json">(.*?)</script>', page, re.DOTALL
    )
    return json.loads(found[1])


def test_the_page_opens_with_the_initial_frame(emitted):
    explore(draw, ALT, slope=[2, 1, 3])
    page = emitted[0]["text/html"]
    data = page_data(page)
    assert data["sliders"] == [
        {"name": "slope", "values": ["1", "2", "3"], "start": 1}
    ]
    first = re.search(r'<img src="([^"]*)" alt="([^"]*)"', page)
    assert first[1] == data["frames"][1]["src"]
    assert first[2] == data["frames"][1]["alt"] == f"{ALT} Now slope = 2."
    assert 'width="192" height="144"' in page


def test_frames_stand_in_the_order_of_the_product(emitted):
    explore(draw, ALT, word=["aa", "b"], lambda_=[0.5, 1.5])
    data = page_data(emitted[0]["text/html"])
    assert [one["name"] for one in data["sliders"]] == ["word", "lambda"]
    assert [frame["caption"] for frame in data["frames"]] == [
        "<b> slope 2.5", "<b> slope 3.5", "<b> slope 1.5", "<b> slope 2.5",
    ]


def test_a_caption_is_text_and_not_markup(emitted):
    explore(draw, ALT, slope=[1, 2])
    page = emitted[0]["text/html"]
    assert "<b>" not in page and "&lt;b&gt; slope 1" in page


def test_sliders_are_made_by_the_script_alone(emitted):
    explore(draw, ALT, slope=[1, 2])
    page = emitted[0]["text/html"]
    without_scripts = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert "input" not in without_scripts and "label" not in without_scripts
    assert 'aria-live="polite"' in without_scripts


def test_the_id_follows_the_words_and_not_the_pixels(emitted):
    def bold(**values):
        fig, caption = draw(**values)
        fig.axes[0].lines[0].set_linewidth(5)
        return fig, caption

    explore(draw, ALT, slope=[1, 2])
    explore(bold, ALT, slope=[1, 2])
    explore(draw, ALT, slope=[1, 3])
    ids = [re.search(r'id="(explore-\w+)"', one["text/html"])[1]
           for one in emitted]
    assert ids[0] == ids[1] != ids[2]


def test_the_words_name_every_slider_and_caption(emitted):
    explore(draw, ALT, slope=[1.0, 2.5])
    assert emitted[0]["text/plain"] == (
        f"{ALT}\nslider slope: 1, 2.5\n"
        "  1: <b> slope 1\n  2.5: <b> slope 2.5"
    )


def test_a_grid_may_come_from_numpy(emitted):
    explore(draw, ALT, slope=np.linspace(0, 1, 3))
    assert "slider slope: 0, 0.5, 1\n" in emitted[0]["text/plain"]


def test_figures_are_closed(emitted):
    explore(draw, ALT, slope=[1, 2])
    assert plt.get_fignums() == []


@pytest.mark.parametrize("grids, said", [
    ({}, "the grids make 0 frames"),
    ({"a": list(range(7)), "b": list(range(6))}, "the grids make 42 frames"),
    ({"a": [1]}, "two or more"),
    ({"a": [1, 1]}, "different"),
    ({"a": [1, None]}, "numbers, or of words"),
    ({"a": [True, False]}, "numbers, or of words"),
    ({"a": [1, "one"]}, "numbers, or of words"),
])
def test_grids_that_make_no_sliders_are_refused(grids, said):
    with pytest.raises(ValueError, match=said):
        explore(draw, ALT, **grids)


def test_a_widget_needs_a_description():
    with pytest.raises(ValueError, match="alt says in a sentence"):
        explore(draw, "A line.", slope=[1, 2])


def test_a_heavy_widget_is_refused():
    def noise(seed):
        fig, axes = plt.subplots(figsize=(8, 6))
        axes.plot([((7 ** i) % 1009) for i in range(900)], lw=0.5)
        return fig, str(seed)

    with pytest.raises(ValueError, match="kB, the most is 300"):
        explore(noise, ALT, seed=list(range(12)))


def test_figures_of_unequal_sizes_are_refused():
    def growing(size):
        return plt.figure(figsize=(size, 1)), "grows"

    with pytest.raises(ValueError, match="unequal sizes"):
        explore(growing, ALT, size=[1, 2])


def test_a_drawing_without_a_caption_is_refused():
    with pytest.raises(TypeError, match=r"returns \(Figure, caption\)"):
        explore(lambda slope: plt.figure(), ALT, slope=[1, 2])
    plt.close("all")


# With a kernel.

@pytest.fixture
def box(emitted, monkeypatch):
    """The live widget that explore displays for grids."""
    boxes = []
    monkeypatch.setattr(chapter, "has_kernel", lambda: True)
    original = ipywidgets.VBox.__init__

    def remember(self, *args, **kwargs):
        original(self, *args, **kwargs)
        boxes.append(self)

    monkeypatch.setattr(ipywidgets.VBox, "__init__", remember)

    def make(draw, **grids):
        explore(draw, ALT, **grids)
        assert emitted[-1][WIDGET_MIME]["model_id"] == boxes[-1].model_id
        return boxes[-1].children

    return make


def test_without_a_kernel_there_is_no_widget(emitted):
    explore(draw, ALT, slope=[1, 2])
    assert WIDGET_MIME not in emitted[0]


def test_any_value_between_is_drawn(box):
    slider, shown = box(draw, slope=[1.0, 3.0])
    assert "slope 1<" in shown.value
    slider.value = 1.5
    assert "slope 1.5<" in shown.value and "Now slope = 1.5." in shown.value


def test_sliders_follow_the_kind_of_their_grid(box):
    *sliders, shown = box(draw, a=[2, 1, 5], b=[0.5, 0.0], c=["one", "two"])
    assert [type(one).__name__ for one in sliders] == [
        "IntSlider", "FloatSlider", "SelectionSlider",
    ]
    assert [one.value for one in sliders] == [2, 0.5, "one"]
    assert (sliders[0].min, sliders[0].max) == (1, 5)


def test_an_error_while_drawing_is_shown_and_raised(box):
    def picky(slope):
        if slope == 1.5:
            raise ValueError("not <this> slope")
        return draw(slope=slope)

    slider, shown = box(picky, slope=[1.0, 3.0])
    with pytest.raises(ValueError, match="not <this> slope"):
        slider.value = 1.5
    assert shown.value == "ValueError: not &lt;this&gt; slope"
    slider.value = 2.0
    assert "slope 2<" in shown.value
