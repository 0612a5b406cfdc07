"""The drawing of a flow graph: its boxes, its arrows, what stands in them."""

import numpy as np
import pytest

from dlbook_lib.drawing import curve, flow_graph
from dlbook_lib.flowgraph import Input, Leaf, bprop, fprop
from dlbook_lib.layers import Preactivation, Relu
from dlbook_lib.network import MLP
from dlbook_lib.plotting import plt


@pytest.fixture
def graph():
    x, b, W = Input(np.ones((4, 3))), Leaf(np.zeros(2)), Leaf(np.ones((2, 3)))
    root = Relu(Preactivation(b, W, x))
    fprop(root)
    yield root, {x: "x", b: "b", W: "W"}
    plt.close("all")


def words(fig):
    axes, = fig.axes
    return sorted(text.get_text() for text in axes.texts if text.get_text())


def test_every_box_has_its_name_and_the_shape_of_its_value(graph):
    assert words(flow_graph(*graph)) == [
        "Preactivation\n4 x 2", "Relu\n4 x 2", "W\n2 x 3", "b\n2", "x\n4 x 3"]


def test_backward_shows_gradients_and_no_arrow_to_data(graph):
    root, names = graph
    bprop(root, np.ones((4, 2)))
    forward = flow_graph(root, names)
    backward = flow_graph(root, names, backward=True)
    assert "x" in words(backward) and "W\n2 x 3" in words(backward)
    assert len(forward.axes[0].lines) == 4
    assert len(backward.axes[0].lines) == 3


def test_a_value_used_twice_has_two_arrows():
    a = Leaf(np.ones((1, 2)))
    W = Leaf(np.ones((2, 2)))
    twice = Preactivation(Leaf(np.zeros(2)), W, Preactivation(
        Leaf(np.zeros(2)), W, a))
    assert len(flow_graph(twice).axes[0].lines) == 6
    plt.close("all")


def test_children_stand_below_their_parents(graph):
    fig = flow_graph(*graph)
    height = {text.get_text().split("\n")[0]: text.xy[1]
              for text in fig.axes[0].texts if text.get_text()}
    assert height["Relu"] > height["Preactivation"] > height["x"]
    for line in fig.axes[0].lines:
        assert line.get_ydata()[-1] > line.get_ydata()[0]


def test_nothing_is_drawn_outside_the_picture():
    net = MLP((5, 4, 3), np.random.default_rng(0))
    axes, = flow_graph(net.objective).axes
    (low_x, high_x), (low_y, high_y) = axes.get_xlim(), axes.get_ylim()
    for text in axes.texts:
        assert low_x < text.xy[0] < high_x and low_y < text.xy[1] < high_y
    plt.close("all")


def test_a_curve_begins_and_ends_where_graphviz_says():
    way = curve("e,9,9 0,0 1,0 2,0 3,0")
    np.testing.assert_allclose(way[0], [0, 0])
    np.testing.assert_allclose(way[-2:], [[3, 0], [9, 9]])
