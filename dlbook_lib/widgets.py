"""A figure with sliders that moves with a kernel and without one.

The output of `explore` carries a live widget for a notebook that runs, and
the HTML of `widget_page` for a page that does not.
"""

import html
import itertools

import numpy as np

from . import chapter
from .plotting import png_image
from .widget_page import in_words, label, page_html, picture, say

WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
MOST_FRAMES, MOST_BYTES = 40, 300_000


def explore(draw, alt, **grids):
    """Show draw(**values) -> (Figure, caption) with a slider for each grid.

    A grid is a list of numbers or of words, the first of them the initial
    one. The page shows the grids' product; a kernel draws any value between.
    """
    chapter.check_alt(alt)
    grids = {name: plain(grid) for name, grid in grids.items()}
    values = {name: sorted_grid(name, grid) for name, grid in grids.items()}
    start = {name: grid[0] for name, grid in grids.items()}
    frames = draw_frames(draw, alt, values)
    page = page_html(alt, values, start, frames)
    size = len(page.encode())
    if size > MOST_BYTES:
        raise ValueError(
            f"the widget has {size // 1000} kB, the most is "
            f"{MOST_BYTES // 1000}. Draw a smaller figure or fewer values."
        )
    chapter.emit({
        "text/plain": in_words(alt, values, frames),
        "text/html": page,
        **live_widget(draw, alt, values, start),
    })


def plain(grid):
    """NumPy's numbers as Python's own."""
    return [one.item() if isinstance(one, np.generic) else one for one in grid]


def sorted_grid(name, grid):
    """A slider's values from left to right: numbers in order, words as is."""
    words = all(isinstance(value, str) for value in grid)
    numbers = all(type(value) in (int, float) for value in grid)
    distinct = len(set(grid)) == len(grid) > 1
    if not distinct or not (words or numbers):
        raise ValueError(
            f"{name} takes a list of two or more different numbers, or of "
            f"words; got {grid!r}."
        )
    return grid if words else sorted(grid)


def draw_frames(draw, alt, values):
    """{values: frame} for the product of the grids, all of one size."""
    product = list(itertools.product(*values.values()))
    if not values or len(product) > MOST_FRAMES:
        raise ValueError(
            f"the grids make {len(product) if values else 0} frames; give 2 "
            f"to {MOST_FRAMES}, by fewer or shorter lists."
        )
    frames = {
        point: one_frame(draw, alt, dict(zip(values, point)))
        for point in product
    }
    sizes = {(one["width"], one["height"]) for one in frames.values()}
    if len(sizes) > 1:
        raise ValueError(f"draw returns figures of unequal sizes: {sizes}.")
    return frames


def one_frame(draw, alt, point):
    """A drawn frame: what an <img> and its caption need."""
    drawn = draw(**point)
    if not isinstance(drawn, tuple) or len(drawn) != 2:
        raise TypeError(
            "draw returns (Figure, caption); it returned "
            f"{type(drawn).__name__}."
        )
    fig, caption = drawn
    png, width, height = png_image(fig, dpi=96, colours=32)
    where = ", ".join(f"{label(name)} = {say(v)}" for name, v in point.items())
    return {
        "src": f"data:image/png;base64,{png}", "alt": f"{alt} Now {where}.",
        "caption": caption, "width": width, "height": height,
    }


def live_widget(draw, alt, values, start):
    """The widget for a notebook with a kernel; nothing elsewhere."""
    if not chapter.has_kernel():
        return {}
    import ipywidgets

    sliders = {
        name: slider(ipywidgets, label(name), grid, start[name])
        for name, grid in values.items()
    }
    shown = ipywidgets.HTML()

    def redraw(_=None):
        point = {name: one.value for name, one in sliders.items()}
        try:
            shown.value = picture(one_frame(draw, alt, point))
        except Exception as error:
            shown.value = html.escape(f"{type(error).__name__}: {error}")
            raise

    redraw()
    for one in sliders.values():
        one.observe(redraw, names="value")
    box = ipywidgets.VBox([*sliders.values(), shown])
    view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
    return {WIDGET_MIME: view}


def slider(ipywidgets, name, grid, value):
    """The live slider of a grid: words, integers, or any float between."""
    if isinstance(value, str):
        return ipywidgets.SelectionSlider(
            description=name, options=grid, value=value
        )
    low, high = grid[0], grid[-1]
    if all(isinstance(one, int) for one in grid):
        return ipywidgets.IntSlider(
            description=name, min=low, max=high, value=value
        )
    return ipywidgets.FloatSlider(
        description=name, min=low, max=high, value=value,
        step=(high - low) / 100, readout_format=".3g",
    )
