"""Plots return figures; a picture is small, flat in colour, and its size."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from dlbook_lib.plot_summary import summary
from dlbook_lib.plotting import (
    CARD, COLOURS, INK, curves, digits, losses, png_image, regions,
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_a_picture_is_a_palette_png_of_its_css_size():
    fig, _ = plt.subplots(figsize=(5, 3))
    png, width, height = png_image(fig, dpi=144, colours=64)
    image = Image.open(io.BytesIO(base64.b64decode(png)))
    assert (width, height) == (480, 288)
    assert image.size == (720, 432) and image.mode == "P"
    assert len(image.getcolors()) <= 64


def test_a_picture_stands_on_the_card_and_closes_its_figure():
    fig, _ = plt.subplots()
    png, *_ = png_image(fig, dpi=96, colours=32)
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    card = tuple(int(CARD[i:i + 2], 16) for i in (1, 3, 5))
    assert np.abs(np.subtract(image.getpixel((1, 1)), card)).max() <= 1
    assert not plt.fignum_exists(fig.number)


def test_the_same_figure_gives_the_same_bytes():
    both = [
        png_image(curves([0, 1], {"a": [0, 1]}), dpi=96, colours=32)
        for _ in range(2)
    ]
    assert both[0] == both[1]


def luminance(colour):
    channels = np.array([int(colour[i:i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(
        channels <= 0.04045, channels / 12.92,
        ((channels + 0.055) / 1.055) ** 2.4,
    )
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("colour", [*COLOURS, INK])
def test_every_colour_is_dark_enough_to_be_text_on_the_card(colour):
    contrast = (luminance(CARD) + 0.05) / (luminance(colour) + 0.05)
    assert contrast >= 4.5


def test_curves_take_functions_and_values_and_name_them():
    x = np.linspace(0, 1, 5)
    named = {"up": x, "flat": np.zeros_like, "sq": np.square}
    told = summary(curves(x, named))
    assert "line up: 5 points, x 0 to 1, y 0 to 1" in told
    assert "line flat: 5 points, x 0 to 1, y 0 to 0" in told
    assert "words: flat; sq; up" in told


def test_names_of_curves_that_end_together_stay_apart():
    fig = curves([0, 1], {"a": [0, 1], "b": [1, 1], "c": [0, 1.01]})
    heights = sorted(text.xy[1] for text in fig.axes[0].texts)
    assert min(np.diff(heights)) >= 0.05


def test_a_wrong_digit_names_the_truth():
    fig = digits(np.ones((3, 8, 8)), [1, 2, 3], truth=[1, 2, 8], columns=2)
    names = [text.get_text() for text in fig.axes[0].texts]
    assert names == ["1", "2", "3, not 8"]


def test_a_transposed_digit_tells_in_the_summary():
    images = np.random.default_rng(0).integers(0, 17, (50, 8, 8))
    names = np.zeros(50, int)
    as_they_are = summary(digits(images, names))
    for i in range(50):
        turned = images.copy()
        turned[i] = images[i].T
        assert summary(digits(turned, names)) != as_they_are
        plt.close("all")


def test_rows_of_pixels_are_no_images():
    with pytest.raises(ValueError, match="reshape"):
        digits(np.ones((3, 64)), [1, 2, 3])


def test_regions_ask_the_classifier_about_the_plane():
    asked = []

    def left_or_right(P):
        asked.append(P)
        return (P[:, 0] > 0).astype(int)

    X = np.array([[-1.0, 0.0], [1.0, 2.0]])
    told = summary(regions(left_or_right, X, [0, 1], steps=7))
    assert asked[0].shape == (49, 2)
    assert "points class 0: 1 points, x -1 to -1, y 0 to 0" in told


@pytest.mark.parametrize("classify, other", [
    (lambda P: P[:, 0] > 0.1, lambda P: P[:, 0] < 0.1),
    (lambda P: P[:, 0] > 0.1, lambda P: P[:, 1] > 0.1),
    (lambda P: P.prod(axis=1) > 0, lambda P: P.prod(axis=1) < 0),
    (lambda P: P[:, 0] > 0.1, lambda P: P[:, 0] > 0.13),
])
def test_two_classifiers_have_two_summaries(classify, other):
    X = np.array([[-1.0, -1.0], [1.0, 1.0]])
    assert summary(regions(classify, X, [0, 1])) != (
        summary(regions(other, X, [0, 1]))
    )


def test_regions_draw_six_classes_and_refuse_a_seventh():
    X = np.arange(14.0).reshape(7, 2)

    def first(P):
        return np.zeros(len(P))

    told = summary(regions(first, X[:6], np.arange(6), steps=5))
    assert "points class 5: 1 points" in told
    with pytest.raises(ValueError, match="at most 6 classes apart; got 7"):
        regions(first, X, np.arange(7))


def test_losses_of_several_runs_have_a_band_from_least_to_greatest():
    told = summary(losses({"net": [[3, 2, 1], [5, 4, 3]]}))
    assert "line net: 3 points, x 1 to 3, y 2 to 4" in told
    assert "net, all runs" in told and "y 1 to 5" in told
