"""The plots that more than one chapter draws, and the book's look.

Each plot returns a Figure. Importing this module gives the book's look to
every figure that is drawn afterwards.
"""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

CARD = "#fcfbf8"
INK = "#22262b"
# Told apart by colour-blind eyes, and dark enough for text on the card.
COLOURS = ["#0b5fa5", "#b3450b", "#00704e", "#8c3b8a", "#5c5c5c", "#8a6100"]
DASHES = ["-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 3))]

plt.rcParams.update({
    "axes.axisbelow": True,  # the grid lies under what is drawn
    "axes.edgecolor": INK,
    "axes.facecolor": CARD,
    "axes.grid": True,
    "axes.prop_cycle": plt.cycler(color=COLOURS, linestyle=DASHES),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.facecolor": CARD,
    "figure.figsize": (6.4, 3.6),
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.color": "#e3e0d8",
    "text.color": INK,
})


def png_image(fig, dpi, colours):
    """(base64 PNG with a palette, CSS width, CSS height); closes fig."""
    full, small = io.BytesIO(), io.BytesIO()
    fig.savefig(full, format="png", dpi=dpi, facecolor=CARD)
    plt.close(fig)
    image = Image.open(full).convert("RGB")
    # Coverage keeps a rare colour, one red word among greys, from fading.
    image.quantize(
        colours, method=Image.Quantize.MAXCOVERAGE, kmeans=1,
        dither=Image.Dither.NONE,
    ).save(small, format="png", optimize=True)
    width, height = (round(side * 96 / dpi) for side in image.size)
    return base64.b64encode(small.getvalue()).decode(), width, height


def curves(x, named, xlabel="", ylabel="", title=""):
    """Curves over x, each named at its right end; values or functions."""
    fig, axes = plt.subplots()
    ends = []
    for name, y in named.items():
        y = y(x) if callable(y) else np.asarray(y)
        (line,) = axes.plot(x, y, label=name)
        ends.append((float(y[-1]), name, line.get_color()))
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    name_at_the_end(axes, x[-1], ends)
    return fig


def name_at_the_end(axes, x, ends):
    """Write each curve's name beside its end, no two on one another."""
    low, high = axes.get_ylim()
    gap, lowest = 0.06 * (high - low), -np.inf
    for y, name, colour in sorted(ends):
        height = max(y, lowest + gap)
        lowest = height
        axes.annotate(
            name, (x, height), xytext=(5, 0), textcoords="offset points",
            color=colour, va="center", annotation_clip=False,
        )


def digits(images, predicted, truth=None, columns=10):
    """Digits with what was predicted below; a wrong one names the truth."""
    images = np.asarray(images)
    if images.ndim != 3:
        raise ValueError(
            "digits draws images of shape (N, height, width); got "
            f"{images.shape}. Rows of pixels? Use X.reshape(-1, 8, 8)."
        )
    height, width = images.shape[1] + 3, images.shape[2] + 3
    rows = -(-len(images) // columns)
    # One mosaic: a grid of axes takes ten times as long to lay out.
    mosaic = np.full((rows * height, columns * width), np.nan)
    fig, axes = plt.subplots(figsize=(0.64 * columns, 0.68 * rows))
    axes.set_axis_off()
    for i, image in enumerate(images):
        top, left = height * (i // columns) + 3, width * (i % columns)
        mosaic[top:top + height - 3, left:left + width - 3] = image
        wrong = truth is not None and predicted[i] != truth[i]
        name = f"{predicted[i]}" + (f", not {truth[i]}" if wrong else "")
        axes.text(left + (width - 4) / 2, top - 1, name, ha="center",
                  fontsize=9, color=COLOURS[1] if wrong else INK)
    axes.imshow(mosaic, cmap="gray_r")
    return fig


def regions(classify, X, y, title="", steps=200):
    """What classify, rows to class numbers, says in the plane around X."""
    X, y = np.asarray(X), np.asarray(y)
    classes = np.unique(y)
    if len(classes) > len(COLOURS):
        raise ValueError(
            f"regions tells at most {len(COLOURS)} classes apart; got "
            f"{len(classes)}. Choose some of them."
        )
    pad = 0.2 * np.ptp(X, axis=0)
    low, high = X.min(axis=0) - pad, X.max(axis=0) + pad
    across, up = (np.linspace(low[i], high[i], steps) for i in (0, 1))
    plane = np.stack(np.meshgrid(across, up), axis=-1)
    said = np.asarray(classify(plane.reshape(-1, 2))).reshape(steps, steps)
    fig, axes = plt.subplots(figsize=(4.8, 4.2))
    levels = np.append(classes, classes[-1] + 1) - 0.5
    axes.contourf(
        across, up, said, levels, colors=COLOURS[:len(classes)], alpha=0.2
    )
    for c, marker, colour in zip(classes, "osD^vP", COLOURS):
        axes.scatter(*X[y == c].T, s=18, marker=marker, label=f"class {c}",
                     color=colour)
    axes.set(xlabel="x1", ylabel="x2", title=title)
    fig.legend(loc="outside lower center", ncols=len(classes))
    return fig


def losses(named, xlabel="epoch", ylabel="loss", title=""):
    """Mean over runs, and the band from the least to the greatest run.

    Each value has one row a run, or is a single run.
    """
    fig, axes = plt.subplots()
    ends = []
    for name, runs in named.items():
        runs = np.atleast_2d(runs)
        steps = np.arange(1, runs.shape[1] + 1)
        (line,) = axes.plot(steps, runs.mean(axis=0), label=name)
        if len(runs) > 1:
            axes.fill_between(
                steps, runs.min(axis=0), runs.max(axis=0), alpha=0.2,
                color=line.get_color(), linewidth=0, label=f"{name}, all runs",
            )
        ends.append((float(runs[:, -1].mean()), name, line.get_color()))
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    name_at_the_end(axes, steps[-1], ends)
    return fig
