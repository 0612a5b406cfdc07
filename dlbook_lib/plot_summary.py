"""A figure as data: what is plotted, in words that can be compared.

Ranges are told at three digits. `weighed` is a sum in which each place has a
weight of its own, so that values tell when they move and their range stays;
it has a fourth digit, so that one digit among a hundred tells when it turns.
"""

import numpy as np

SHAPES = {"LineCollection": "segments", "PolyCollection": "polygons",
          "FillBetweenPolyCollection": "polygons", "QuadMesh": "mesh"}


def summary(fig):
    """The plotted data in words: axes, series, points, ranges."""
    known(fig.lines + fig.patches + fig.images + fig.artists)
    told = [line for axes in fig.axes for line in axes_summary(axes)]
    return "\n".join(told + words(fig.texts))


def axes_summary(axes):
    """One line for the axes, then one for each thing drawn on them."""
    drawn = list(drawn_on(axes))
    titles = axes.get_title(), axes.get_xlabel(), axes.get_ylabel()
    title = "; ".join(filter(None, titles))
    heading = [f"axes: {title}"] if title else ["axes"] if drawn else []
    return heading + ["  " + line for line in drawn]


def drawn_on(axes):
    """A line for each series, image and set of bars, one for all words."""
    known([*axes.artists, *axes.tables, *axes.child_axes], "Legend")
    for line in axes.lines:
        yield "line" + points(line, *line.get_data(orig=False))
    for drawn in axes.collections:
        yield from collection(drawn)
    for image in axes.images:
        shape = " x ".join(map(str, image.get_array().shape))
        yield f"image {shape}" + values(image)
    yield from bars_and_patches(axes)
    yield from words(axes.texts)


def bars_and_patches(axes):
    """A line for the heights of bars, then one for each kind of patch."""
    for bars in axes.containers:
        if hasattr(bars, "datavalues"):
            heights = ", ".join(each(bars.datavalues)[:12])  # a short line
            yield f"bars{named(bars)}: heights {heights}"
    for kind in sorted({kind_of(patch) for patch in axes.patches}):
        same = [patch for patch in axes.patches if kind_of(patch) == kind]
        # An arrow has no place in the data until it is drawn.
        known(same if kind == "FancyArrowPatch" else [])
        yield f"{len(same)} {kind}" + place(*joined(map(corners, same)))


def collection(drawn):
    """The lines for what Matplotlib draws as one collection."""
    kind = kind_of(drawn)
    if kind == "PathCollection":
        offsets = np.ma.filled(drawn.get_offsets(), np.nan)
        yield "points" + points(drawn, *offsets.T) + values(drawn)
    elif hasattr(drawn, "levels"):
        yield from contours(drawn)
    elif kind in SHAPES:
        paths = [path.vertices for path in drawn.get_paths()]
        yield SHAPES[kind] + points(drawn, *joined(paths)) + values(drawn)
    else:
        known([drawn])


def contours(drawn):
    """How much of the drawn plane each filled level has, or its lines."""
    ends, paths = each(drawn.levels), drawn.get_paths()
    if not drawn.filled:
        for level, path in zip(ends, paths):
            yield f"contour at {level}" + place(*path.vertices.T)
        return
    low, high = drawn.axes.dataLim.min, drawn.axes.dataLim.max
    # No row of these lies along an edge, so rounding moves no row at once.
    at = np.arange(1, 4097)[:, None] * [0.7548776662466927, 0.569840290998]
    sample = low + at % 1 * (high - low)
    ends = ["below"] * (drawn.extend in ("min", "both")) + ends + ["above"]
    for first, last, path in zip(ends, ends[1:], paths):
        rings = map(type(path), path.to_polygons())
        within = [ring.contains_points(sample) for ring in rings]
        inside = np.sum(within, axis=0) % 2  # a ring in a ring is a hole
        share = f"{inside.mean():.3f}, weighed {weighed(inside)}"
        yield f"region {first} to {last}: share of the plane {share}"


def named(drawn):
    """What a series is called, if it is."""
    label = drawn.get_label()
    return f" {label}" if label and not label.startswith("_") else ""


def points(drawn, x, y):
    """What a series is called, how many points it has, where they lie."""
    return f"{named(drawn)}: {len(x)} points, {place(x, y)[2:]}"


def place(x, y):
    """': x low to high, y low to high, weighed ...'."""
    return f": x {span(x)}, y {span(y)}, weighed {weighed(x, y)}"


def values(drawn):
    """What is told by colour, if anything is."""
    array = drawn.get_array()
    return "" if array is None else (
        f", values {span(array)}, weighed {weighed(array)}"
    )


def corners(patch):
    """(x, y) of the lower left and upper right corner of a patch."""
    path = patch.get_patch_transform().transform_path(patch.get_path())
    return path.get_extents().get_points()


def joined(places):
    """(x, y) of all rows of (x, y), also where there are none."""
    return np.concatenate([np.empty((0, 2)), *places]).T


def words(texts):
    """One line for all words, or none."""
    told = "; ".join(filter(None, (text.get_text() for text in texts)))
    return [f"words: {told}"] if told else []


def kind_of(drawn):
    """The name of a drawn thing's class."""
    return type(drawn).__name__


def known(drawn, *kinds):
    """Refuse what has no words here: it would change without being seen."""
    for one in drawn:
        if kind_of(one) not in kinds:
            raise TypeError(
                f"a figure's summary has no words for a {kind_of(one)}. "
                "Draw it in another way, or teach dlbook_lib.plot_summary."
            )


def numbers(array):
    """The numbers as floats in one row; what is masked is nan."""
    return np.ma.filled(np.ma.asarray(array, dtype=float), np.nan).ravel()


def each(array, digits=3):
    """Each number at so many digits; rounding noise about 0 is 0."""
    array = numbers(array)
    noise = 1e-9 * np.abs(array[np.isfinite(array)]).max(initial=1e-6)
    # Rounded twice, so that a last bit does not decide where a 5 goes.
    array = np.where(np.abs(array) <= noise, 0.0, array)
    return [f"{float(f'{one:.9g}'):.{digits}g}" for one in array]


def span(values):
    """'low to high' of what is finite, at three digits."""
    values = [one for one in numbers(values) if np.isfinite(one)]
    return " to ".join(each([min(values), max(values)])) if values else "empty"


def weighed(*arrays):
    """The arrays, each scaled to at most 1, times a weight for each place."""
    total = 0.0
    for array in map(numbers, arrays):
        array = np.where(np.isfinite(array), array, 0.0)
        weights = np.arange(1, array.size + 1) * 0.6180339887498949 % 1 - 0.5
        total += weights @ array / np.abs(array).max(initial=1e-6)
    return each([total, 1.0], digits=4)[0]
