"""A figure's summary changes when its data do, and not with rounding."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch

from dlbook_lib.plot_summary import span, summary, weighed


@pytest.fixture
def axes():
    fig, axes = plt.subplots()
    yield axes
    plt.close(fig)


def said(axes):
    return summary(axes.figure)


def test_axes_and_series_are_named(axes):
    axes.plot([0, 1, 2], [5, 6, 8], label="loss")
    axes.set(title="Training", xlabel="epoch", ylabel="risk")
    told = "  line loss: 3 points, x 0 to 2, y 5 to 8, weighed "
    assert said(axes).startswith("axes: Training; epoch; risk\n" + told)


@pytest.mark.parametrize("draw, line", [
    (lambda axes: axes.scatter([1, 2], [3, 4], label="seen"),
     "points seen: 2 points, x 1 to 2, y 3 to 4, weighed "),
    (lambda axes: axes.imshow(np.eye(3)),
     "image 3 x 3, values 0 to 1, weighed "),
    (lambda axes: axes.bar([0, 1], [2, 7], label="n"),
     "bars n: heights 2, 7\n  2 Rectangle: x -0.4 to 1.4, y 0 to 7, "),
    (lambda axes: axes.text(0, 0, "here"), "words: here"),
    (lambda axes: axes.annotate("there", (1, 1), (2, 2), arrowprops={}),
     "words: there"),
    (lambda axes: axes.axhline(3), "line: 2 points, x 0 to 1, y 3 to 3, "),
    (lambda axes: axes.vlines([], 0, 1), "segments: 0 points, x empty, "),
    (lambda axes: axes.fill_between([0, 1], [2, 3], [4, 9], label="runs"),
     "polygons runs: 7 points, x 0 to 1, y 2 to 9, "),
    (lambda axes: axes.contourf(np.eye(9), [-1, 0.5, 2]),
     "region -1 to 0.5: share of the plane 0.9"),
    (lambda axes: axes.contourf(np.eye(9), [0.5, 0.9], extend="both"),
     "region below to 0.5: share of the plane 0.9"),
    (lambda axes: axes.contour(np.eye(9), [0.5]), "contour at 0.5: x 0 to 8"),
])
def test_each_kind_of_mark_is_told(axes, draw, line):
    draw(axes)
    assert f"\n  {line}" in said(axes)


U, V = np.meshgrid(np.linspace(-1, 1, 30), np.linspace(-1, 1, 30))
RING = np.hypot(U, V)


@pytest.mark.parametrize("draw, one, other", [
    ("plot", ([1, 2],), ([2, 1],)),
    ("plot", (U[0], U[0]**2), (U[0], U[0]**4)),
    ("scatter", ([1, 2], [3, 4]), ([1, 2], [4, 3])),
    ("axhline", (1,), (2,)),
    ("axvspan", (0, 1), (0, 2)),
    ("bar", ([0, 1], [1, 2]), ([0, 1], [2, 1])),
    ("bar", (range(40), range(40)), (range(40), range(39, -1, -1))),
    ("vlines", ([1, 2], 0, 1), ([1, 2], 0, [1, 0.5])),
    ("fill_between", ([0, 1], [1, 2]), ([0, 1], [2, 1])),
    ("imshow", (U,), (V,)),
    ("pcolormesh", (U,), (-10 * U,)),
    ("pcolormesh", (U,), (V,)),
    ("contourf", (U, V, RING, [0, 0.5, 2]), (U, V, RING, [0, 0.6, 2])),
    ("contourf", (U, V, U * V, [-1, 0, 1]), (U, V, -U * V, [-1, 0, 1])),
    ("contour", (U, V, RING, [0.5]), (U, V, RING + 0.1, [0.5])),
    ("contour", (U, V, U, [0.5]), (U, V, V, [0.5])),
    ("annotate", ("here", (0, 0)), ("there", (0, 0))),
])
def test_two_figures_give_two_summaries(draw, one, other):
    told = []
    for arguments in (one, other, one):
        fig, axes = plt.subplots()
        getattr(axes, draw)(*arguments)
        told.append(summary(fig))
        plt.close(fig)
    assert told[0] == told[2] != told[1]


def test_a_hole_in_a_region_is_no_part_of_it(axes):
    axes.contourf(U, V, RING, [0, 0.5, 2])
    assert "region 0 to 0.5: share of the plane 0.19" in said(axes)
    assert "region 0.5 to 2: share of the plane 0.80" in said(axes)


def test_the_last_bits_of_a_region_are_not_told():
    told = []
    for noise in (0.0, 1e-13):
        fig, axes = plt.subplots()
        axes.contourf(U, V, np.sin(3 * U) + V + noise, [-9, 0, 9])
        told.append(summary(fig))
        plt.close(fig)
    assert told[0] == told[1]


def test_patches_are_counted_with_their_extent(axes):
    for x in (0, 3):
        axes.add_patch(plt.Rectangle((x, 1), 1, 2))
    axes.add_patch(plt.Circle((5, 5), 1))
    assert "  1 Circle: x 4 to 6, y 4 to 6, " in said(axes)
    assert "  2 Rectangle: x 0 to 4, y 1 to 3, " in said(axes)


def test_words_of_the_whole_figure_are_told(axes):
    axes.figure.suptitle("Both")
    axes.figure.legend(axes.plot([1, 2]), ["a"])
    assert said(axes).endswith("words: Both")


@pytest.mark.parametrize("draw, kind", [
    (lambda axes: axes.quiver([1], [1]), "Quiver"),
    (lambda axes: axes.table([["a"]]), "Table"),
    (lambda axes: axes.inset_axes([0, 0, 1, 1]), "Axes"),
    (lambda axes: axes.add_patch(FancyArrowPatch((0, 0), (1, 1))),
     "FancyArrowPatch"),
    (lambda axes: axes.figure.add_artist(plt.Line2D([0], [1])), "Line2D"),
])
def test_what_has_no_words_is_refused_by_its_name(axes, draw, kind):
    draw(axes)
    with pytest.raises(TypeError, match=f"no words for a {kind}\\."):
        said(axes)


def test_axes_without_anything_are_left_out(axes):
    assert said(axes) == ""


def test_three_digits_are_told():
    assert span([0.123449, 98765.4]) == "0.123 to 9.88e+04"


def test_rounding_noise_about_zero_is_zero():
    assert span([-1e-17, 1.0]) == span([1e-18, 1.0]) == "0 to 1"
    assert span([-0.0, 1.0]) == "0 to 1"
    assert span([-2.78e-17, 0.0]) == "0 to 0"
    assert weighed([0.0, 2.78e-17]) == weighed([0.0, 0.0]) == "0"


def test_a_last_bit_does_not_decide_where_a_five_goes():
    tie = 0.03125
    assert {span([one]) for one in (
        tie, np.nextafter(tie, 0), np.nextafter(tie, 1)
    )} == {"0.0312 to 0.0312"}


def test_what_is_not_finite_is_left_out():
    assert span([np.nan, 1, 2, np.inf]) == "1 to 2"
    assert span([np.nan]) == "empty"
