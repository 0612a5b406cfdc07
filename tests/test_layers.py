"""Every box of layers and criteria, and of whatever stands on their floor."""
import importlib
import inspect

import numpy as np
import pytest
from boxes import BOXES
from floor_rules import FLOORS
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib.flowgraph import Input, Leaf, Node, bprop, fprop
from dlbook_lib.gradcheck import check_gradient
from dlbook_lib.layers import LeakyRelu, Preactivation, Relu, Softmax
from dlbook_lib.torch_twin import torch_value_and_gradients

each_box = pytest.mark.parametrize("box", BOXES, ids=str)


class Same(Node):
    """a -> a: between a Leaf and a box, so that the child is no Leaf."""

    def fprop(self):
        self.value = self.children[0].value.copy()

    def bprop(self):
        self.children[0].add_grad(self.grad)


class OneAndThree(Node):
    """a + 3 b, the two paths of a fan-out told apart."""

    def fprop(self):
        a, b = self.children
        self.value = a.value + 3 * b.value

    def bprop(self):
        a, b = self.children
        a.add_grad(self.grad)
        b.add_grad(3 * self.grad)


def run(box, arrays, G):
    """Value, and the gradient of every Leaf, of the box on these arrays."""
    root, leaves = box.on_leaves(arrays)
    value = fprop(root)
    bprop(root, G)
    return value, [leaf.grad for leaf in leaves]


def upstream(box, arrays, rng):
    root, _ = box.on_leaves(arrays)
    return rng.normal(size=fprop(root).shape)


def test_every_box_of_the_floor_is_in_the_list():
    floor, = (names.split() for names in FLOORS if "layers" in names.split())
    found = set()
    for name in floor:
        module = importlib.import_module(f"dlbook_lib.{name}")
        found |= {thing for _, thing in inspect.getmembers(module)
                  if inspect.isclass(thing) and issubclass(thing, Node)
                  and thing.__module__ == module.__name__
                  and not thing.__name__.startswith("_")}
    unfinished = {parent for thing in found for parent in thing.__bases__}
    assert found - unfinished == {box.kind for box in BOXES}


@each_box
def test_bprop_is_the_derivative_of_fprop(box, rng):
    root, _ = box.on_leaves(box.arrays(rng))
    check_gradient(root)


@each_box
def test_value_and_gradients_are_those_of_pytorch(box, rng):
    arrays = box.arrays(rng)
    G = upstream(box, arrays, rng)
    value, grads = run(box, arrays, G)
    target = [] if box.target is None else [box.target]
    theirs, their_grads = torch_value_and_gradients(
        box.twin(), *arrays, *target, G=G)
    assert_allclose(value, theirs, rtol=1e-12, atol=1e-14)
    for grad, their_grad in zip(grads, their_grads):
        assert_allclose(grad, their_grad, rtol=1e-12, atol=1e-14)


@each_box
@pytest.mark.parametrize("between", [lambda leaf: leaf, Same],
                         ids=["on leaves", "on boxes"])
def test_children_used_twice_gather_both_gradients(box, between, rng):
    arrays = box.arrays(rng)
    G = upstream(box, arrays, rng)
    _, once = run(box, arrays, G)
    leaves = [Leaf(array) for array in arrays]
    shared = [between(leaf) for leaf in leaves]
    root = OneAndThree(box.make(shared), box.make(shared))
    fprop(root)
    bprop(root, G)
    for leaf, grad in zip(leaves, once):
        assert_allclose(leaf.grad, 4 * grad, rtol=1e-12, atol=1e-15)


@each_box
def test_a_second_pass_forgets_the_first(box, rng):
    arrays = box.arrays(rng)
    G = upstream(box, arrays, rng)
    root, leaves = box.on_leaves(arrays)
    fprop(root)
    bprop(root, G)
    first = [leaf.grad.copy() for leaf in leaves]
    fprop(root)
    bprop(root, G)
    for leaf, grad in zip(leaves, first):
        assert_array_equal(leaf.grad, grad)


@each_box
def test_nothing_that_was_given_is_written_to(box, rng):
    arrays = box.arrays(rng)
    G = upstream(box, arrays, rng)
    before = G.copy()
    root, leaves = box.on_leaves(arrays)
    value = fprop(root).copy()
    bprop(root, G)
    assert_array_equal(G, before)
    assert_array_equal(root.value, value)
    for leaf, array in zip(leaves, arrays):
        assert_array_equal(leaf.value, array)


@each_box
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays_in_values_and_gradients(box, dtype, rng):
    arrays = box.arrays(rng)
    G = upstream(box, arrays, rng)
    value, grads = run(box, arrays, G)
    mine, my_grads = run(box, [a.astype(dtype) for a in arrays],
                         G.astype(dtype))
    for ours, exact in zip([mine, *my_grads], [value, *grads]):
        assert ours.dtype == dtype
        assert_allclose(ours, exact, rtol=2e-5, atol=2e-5)


@each_box
def test_integers_are_taken_as_float64(box, rng):
    whole = [np.rint(array).astype(int) for array in box.arrays(rng)]
    # The last child may be data, which enter a graph as they are.
    children = [*map(Leaf, whole[:-1]), Input(whole[-1])]
    value = fprop(box.make(children))
    as_floats = [array.astype(np.float64) for array in whole]
    assert value.dtype == np.float64
    assert_array_equal(value, fprop(box.on_leaves(as_floats)[0]))


@each_box
def test_the_box_for_prediction_is_a_copy_on_the_same_children(box, rng):
    root, _ = box.on_leaves(box.arrays(rng))
    other = root.at_test(*root.children)
    assert type(other) is type(root) and other is not root
    assert other.children == root.children
    assert_array_equal(fprop(other), fprop(root))


@each_box
def test_children_that_need_no_gradient_get_none(box, rng):
    inputs = [Input(array) for array in box.arrays(rng)]
    root = box.make(inputs)
    # Called by hand: bprop(root) would refuse a graph without a parameter.
    root.grad = np.ones_like(fprop(root))
    root.bprop()
    assert [child.grad for child in inputs] == [None] * len(inputs)


def test_preactivation_on_paper():
    b, W, h = Leaf([10, 20]), Leaf([[1, 2], [3, 4]]), Leaf([[1, 1], [0, 2]])
    root = Preactivation(b, W, h)
    assert_array_equal(fprop(root), [[13, 27], [14, 28]])
    bprop(root, np.array([[1, 0], [0, 1]]))
    assert_array_equal(b.grad, [1, 1])
    assert_array_equal(W.grad, [[1, 1], [0, 2]])
    assert_array_equal(h.grad, [[1, 2], [3, 4]])


def test_preactivation_stores_its_batch_by_columns(rng):
    root, _ = BOXES[0].on_leaves(BOXES[0].arrays(rng))
    assert fprop(root).flags.f_contiguous


@pytest.mark.parametrize("b, W, h", [
    [(3,), (3, 4), (4,)],
    [(3,), (3, 4), (5, 3)],
    [(3, 1), (3, 4), (5, 4)],
    [(4,), (3, 4), (5, 4)],
    [(1,), (3, 4), (5, 4)],
    [(), (3, 4), (5, 4)],
    [(3,), (3, 4), (2, 5, 4)],
])
def test_preactivation_refuses_shapes_that_do_not_fit(b, W, h):
    children = [Leaf(np.zeros(shape)) for shape in (b, W, h)]
    with pytest.raises(ValueError) as error:
        fprop(Preactivation(*children))
    told = str(error.value)
    assert "a = b + W h" in told and f"{b}, {W}, {h}" in told
    assert "x[None, :]" in told


def test_a_dead_unit_gets_no_gradient():
    a = Leaf([[-1.0, 0.0, 2.0]])
    root = Relu(a)
    fprop(root)
    bprop(root, np.ones((1, 3)))
    assert_array_equal(a.grad, [[0, 0, 1]])


def test_softmax_ignores_an_upstream_constant(rng):
    a = Leaf(rng.normal(size=(5, 4)))
    root = Softmax(a)
    fprop(root)
    bprop(root, np.full((5, 4), 7.0))
    assert_allclose(a.grad, 0, atol=1e-14)


def test_another_slope_is_a_subclass_of_one_line(rng):
    class Leakier(LeakyRelu):
        slope = 0.2

    a = Leaf([[-1.0, 1.0]])
    assert_allclose(fprop(Leakier(a)), [[-0.2, 1]])
    assert_allclose(fprop(Leakier(a).at_test(a)), [[-0.2, 1]])
    check_gradient(Leakier(a))
