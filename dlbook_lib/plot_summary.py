"""A figure as data: what is plotted, in words that can be compared."""

import numpy as np


def summary(fig):
    """The plotted data in words: axes, series, points, ranges."""
    return "\n".join(
        line for axes in fig.axes for line in axes_summary(axes)
    )


def axes_summary(axes):
    """One line for the axes, then one for each thing drawn on them."""
    drawn = list(drawn_on(axes))
    titles = [axes.get_title(), axes.get_xlabel(), axes.get_ylabel()]
    title = "; ".join(text for text in titles if text)
    heading = [f"axes: {title}"] if title else ["axes"] if drawn else []
    return heading + ["  " + line for line in drawn]


def drawn_on(axes):
    """A line for each series, image and set of bars, one for all words."""
    for line in axes.lines:
        yield "line" + points(line, *line.get_data())
    for drawn in axes.collections:
        kind = type(drawn).__name__
        if kind == "PathCollection":
            yield "points" + points(drawn, *drawn.get_offsets().T)
        elif hasattr(drawn, "levels"):
            yield f"regions at levels {span(drawn.levels)}"
        else:
            paths = [path.vertices for path in drawn.get_paths()]
            yield kind + points(drawn, *np.concatenate(paths).T)
    for image in axes.images:
        pixels = np.asarray(image.get_array(), dtype=float)
        shape = " x ".join(map(str, pixels.shape))
        yield f"image {shape}, values {span(pixels)}"
    for bars in axes.containers:
        if hasattr(bars, "datavalues"):
            yield f"{len(bars)} bars, values {span(bars.datavalues)}"
    words = [text.get_text() for text in axes.texts if text.get_text()]
    if words:
        yield "words: " + "; ".join(words)


def points(drawn, x, y):
    """What a series is called, how many points it has, where they lie."""
    label = drawn.get_label()
    name = f" {label}" if label and not label.startswith("_") else ""
    return f"{name}: {len(x)} points, x {span(x)}, y {span(y)}"


def span(values):
    """'low to high' at three digits; rounding noise about 0 is 0."""
    values = np.asarray(values, dtype=float).ravel()
    values = values[np.isfinite(values)]
    if not values.size:
        return "empty"
    noise = 1e-9 * np.abs(values).max()
    ends = [values.min(), values.max()]
    low, high = (0.0 if abs(end) <= noise else end for end in ends)
    return f"{low:.3g} to {high:.3g}"
