"""A figure's summary changes when its data do, and not with rounding."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from dlbook_lib.plot_summary import span, summary


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
    assert said(axes) == (
        "axes: Training; epoch; risk\n"
        "  line loss: 3 points, x 0 to 2, y 5 to 8"
    )


@pytest.mark.parametrize("draw, line", [
    (lambda axes: axes.scatter([1, 2], [3, 4], label="seen"),
     "points seen: 2 points, x 1 to 2, y 3 to 4"),
    (lambda axes: axes.imshow(np.eye(3)), "image 3 x 3, values 0 to 1"),
    (lambda axes: axes.bar([0, 1], [2, 7]), "2 bars, values 2 to 7"),
    (lambda axes: axes.text(0, 0, "here"), "words: here"),
    (lambda axes: axes.contourf(np.eye(3), [-1, 0.5, 2]),
     "regions at levels -1 to 2"),
])
def test_each_kind_of_mark_is_told(axes, draw, line):
    draw(axes)
    assert f"  {line}" in said(axes).splitlines()


def test_a_band_between_two_curves_is_told(axes):
    axes.fill_between([0, 1], [2, 3], [4, 9], label="all runs")
    assert "all runs" in said(axes) and "y 2 to 9" in said(axes)


def test_axes_without_anything_are_left_out(axes):
    assert said(axes) == ""


def test_three_digits_are_told():
    assert span([0.123449, 98765.4]) == "0.123 to 9.88e+04"


def test_rounding_noise_about_zero_is_zero():
    assert span([-1e-17, 1.0]) == span([1e-18, 1.0]) == "0 to 1"
    assert span([-0.0, 1.0]) == "0 to 1"


def test_what_is_not_finite_is_left_out():
    assert span([np.nan, 1, 2, np.inf]) == "1 to 2"
    assert span([np.nan]) == "empty"
