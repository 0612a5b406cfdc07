"""A flow graph drawn from its own boxes; Graphviz says where they stand."""

import numpy as np
import pygraphviz

from .flowgraph import Input, Leaf, topological_order
from .plotting import CARD, COLOURS, INK, plt

POINTS = 72  # Graphviz' points to an inch


def flow_graph(root, names=None, backward=False):
    """The boxes below root, children below parents, as a Figure.

    names is {box: what to call it}; a box is otherwise called by its class.
    Under the name stands its value, a number or a shape; backward turns the
    arrows around and shows the gradients instead.
    """
    boxes = topological_order(root)
    called = [(names or {}).get(box) for box in boxes]
    both = [[label(box, name, way) for box, name in zip(boxes, called)]
            for way in (False, True)]
    labels = both[backward]
    places, ways, size = layout(boxes, list(zip(*both)))
    fig = plt.figure(figsize=size / POINTS, layout="none")
    axes = fig.add_axes((0, 0, 1, 1))
    for child, way in ways:
        if backward and not child.needs_grad:
            continue
        way = way[::-1] if backward else way
        axes.plot(*way.T, color="#6b7280", lw=1, linestyle="-")
        axes.annotate("", way[-1], way[-2], arrowprops={
            "arrowstyle": "-|>", "color": "#6b7280", "shrinkA": 0,
            "shrinkB": 0})
    for box, words, place in zip(boxes, labels, places):
        axes.annotate(words, place, ha="center", va="center", fontsize=9,
                      bbox={"boxstyle": "round", "facecolor": CARD,
                            "edgecolor": colour(box), "linewidth": 1.5})
    axes.set(xlim=(0, size[0]), ylim=(0, size[1]))
    axes.set_axis_off()
    return fig


def label(box, name, backward):
    """What stands in a box: its name, then its value or gradient."""
    array = box.grad if backward else box.value
    lines = [name or type(box).__name__]
    if array is not None:
        array = np.asarray(array)
        lines.append(f"{array.item():.3g}" if array.size == 1
                     else " x ".join(map(str, array.shape)))
    return "\n".join(lines)


def colour(box):
    """Parameters, data, and everything else."""
    kinds = {Leaf: COLOURS[1], Input: COLOURS[4]}
    return next((kinds[kind] for kind in kinds if isinstance(box, kind)),
                INK if box.children else COLOURS[0])


def layout(boxes, texts):
    """Places of the boxes, (child, way) of each arrow, size, in points.

    Boxes have sizes of our own, room for either of their two texts, so that
    no font of the machine has a say and both ways are drawn alike.
    """
    graph = pygraphviz.AGraph(directed=True, strict=False, rankdir="BT",
                              ranksep="0.35", nodesep="0.25")
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    index = {box: k for k, box in enumerate(boxes)}
    for k, either in enumerate(texts):
        lines = [text.split("\n") for text in either]
        # At least 8, so that other numbers in the boxes change nothing.
        widest = max(8, *(len(line) for text in lines for line in text))
        graph.add_node(k, width=0.18 + 0.075 * widest,
                       height=0.14 + 0.15 * max(map(len, lines)))
    for box, k in index.items():
        for use, child in enumerate(box.children):
            graph.add_edge(index[child], k, key=f"{k}.{use}")
    graph.layout(prog="dot")
    places = [point(graph.get_node(k).attr["pos"]) for k in index.values()]
    ways = [(boxes[int(edge[0])], curve(edge.attr["pos"]))
            for edge in graph.edges()]
    corner = np.array(graph.graph_attr["bb"].split(",")[2:], dtype=float)
    margin = 6.0
    return ([place + margin for place in places],
            [(child, way + margin) for child, way in ways],
            corner + 2 * margin)


def point(text):
    """Two numbers with a comma between them."""
    return np.array(text.split(","), dtype=float)


def curve(text):
    """Points along Graphviz' chain of cubic Bezier curves, up to its tip."""
    tip, *control = text.removeprefix("e,").split()
    control = np.array([point(one) for one in control])
    t = np.linspace(0, 1, 9)[:, None]
    pieces = [(1 - t)**3 * p + 3 * t * (1 - t)**2 * q + 3 * t**2 * (1 - t) * r
              + t**3 * s for p, q, r, s in zip(
                  control[:-1:3], control[1::3], control[2::3], control[3::3])]
    return np.vstack([*pieces, point(tip)])
