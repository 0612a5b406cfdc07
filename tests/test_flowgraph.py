import gc
import weakref

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib.flowgraph import (
    Input,
    Leaf,
    Node,
    bprop,
    fprop,
    product,
    topological_order,
)
from dlbook_lib.layers import Preactivation, Sigmoid


class Add(Node):
    """a + b."""

    def fprop(self):
        a, b = self.children
        self.value = a.value + b.value

    def bprop(self):
        for child in self.children:
            child.add_grad(self.grad)


class Times(Node):
    """c a, for a number c."""

    def __init__(self, a, c):
        super().__init__(a)
        self.c = c

    def fprop(self):
        self.value = self.c * self.children[0].value

    def bprop(self):
        self.children[0].add_grad(self.c * self.grad)


def gradient(root, leaf):
    fprop(root)
    bprop(root)
    return leaf.grad


def by_recursion(node, grad, leaf):
    """What a recursion that sets, instead of adding, would say."""
    if isinstance(node, Leaf):
        node.wrong = grad
    factor = node.c if isinstance(node, Times) else 1
    for child in node.children:
        by_recursion(child, factor * grad, leaf)
    return leaf.wrong


def test_a_value_used_twice_has_two_paths_to_the_loss():
    a = Leaf(3.0)
    b = Add(a, a)
    c = Add(b, Times(b, 10.0))
    assert gradient(c, a) == 22
    assert by_recursion(c, 1, a) == 10    # the last path only


def test_a_diamond_waits_for_all_its_paths():
    # a reaches the top by paths of unequal length: 2 * 3 * 5 + 3 * 7 + 11.
    a = Leaf(1.0)
    b = Times(a, 3.0)
    long, short = Times(Times(b, 2.0), 5.0), Times(b, 7.0)
    assert gradient(Add(Add(long, short), Times(a, 11.0)), a) == 62


def test_depth_is_no_limit():
    a = root = Leaf(1.0)
    for _ in range(10_000):
        root = Times(root, 1.0)
    assert fprop(root) == 1
    assert gradient(root, a) == 1
    assert len(topological_order(root)) == 10_001


def test_every_box_comes_once_and_after_its_children():
    a, x = Leaf(1.0), Input(2.0)
    b = Add(a, x)
    c, d = Times(b, 2.0), Add(b, a)
    root = Add(c, d)
    order = topological_order(root)
    assert sorted(map(id, order)) == sorted(map(id, (a, x, b, c, d, root)))
    place = {node: k for k, node in enumerate(order)}
    assert all(place[child] < place[node]
               for node in order for child in node.children)
    assert order[-1] is root


def test_the_order_is_found_once():
    root = Add(Leaf(1.0), Leaf(2.0))
    first = topological_order(root)
    root.children = None     # a second search would stumble here
    assert topological_order(root) == first


def test_a_graph_is_freed_without_the_garbage_collector(rng):
    gc.collect()
    gc.disable()
    try:
        a = Leaf(rng.normal(size=(2, 3)))
        root = Sigmoid(Preactivation(Leaf(np.zeros(4)),
                                     Leaf(rng.normal(size=(4, 3))), a))
        fprop(root)
        bprop(root, np.ones((2, 4)))
        fprop(root.children[0])    # an inner box keeps an order of its own
        watched = [weakref.ref(node) for node in topological_order(root)]
        del a, root
        assert [ref() for ref in watched] == [None] * len(watched)
    finally:
        gc.enable()


def test_assigning_to_a_leaf_copies_into_the_array_that_is_there():
    leaf = Leaf([1.0, 2.0])
    array, new = leaf.value, np.array([3.0, 4.0])
    leaf.value = new
    assert leaf.value is array
    assert_array_equal(array, [3, 4])
    new[0] = 9
    assert_array_equal(leaf.value, [3, 4])


def test_a_leaf_does_not_share_the_array_it_was_made_from():
    array = np.array([1.0, 2.0])
    leaf = Leaf(array)
    array[0] = 9
    assert_array_equal(leaf.value, [1, 2])


@pytest.mark.parametrize("new", [np.ones(3), np.ones((2, 1)), 1.0])
def test_a_leaf_keeps_its_shape(new):
    with pytest.raises(ValueError, match=r"holds shape \(2,\); got"):
        Leaf([1.0, 2.0]).value = new


def test_a_leaf_keeps_its_dtype():
    leaf = Leaf(np.float32([1, 2]))
    leaf.value = np.float64([0.1, 0.2])
    assert leaf.value.dtype == np.float32


def test_a_tied_leaf_lives_in_the_arrays_it_was_given():
    theta, grad = np.zeros(3), np.zeros(3)
    leaf = Leaf([1.0, 2.0])
    leaf.tie(theta[:2], grad[:2])
    assert_array_equal(theta, [1, 2, 0])
    root = Times(leaf, 5.0)
    theta[0] = 7
    assert_array_equal(fprop(root), [35, 10])
    bprop(root, np.ones(2))
    assert_array_equal(grad, [5, 5, 0])
    leaf.value = [8, 9]
    assert_array_equal(theta, [8, 9, 0])


@pytest.mark.parametrize("bad", ["text", 1j, None])
def test_a_leaf_holds_numbers(bad):
    with pytest.raises(TypeError, match="Leaf must be float32, float64"):
        Leaf(bad)


def test_what_leads_to_no_parameter_needs_no_gradient():
    x, a = Input(np.ones(2)), Leaf(np.ones(2))
    data = Times(x, 2.0)
    root = Add(data, a)
    assert [node.needs_grad for node in (x, a, data, root)] == [
        False, True, False, True]
    fprop(root)
    bprop(root, np.ones(2))
    assert x.grad is None and data.grad is None


def test_an_unwanted_product_is_not_computed():
    class Untouchable:
        """Raises at any attempt to multiply."""

        shape = (2, 2)

    Input(np.ones(2)).add_product(Untouchable(), Untouchable())
    with pytest.raises(TypeError):
        Leaf(np.ones((2, 2))).add_product(Untouchable(), Untouchable())


@pytest.mark.parametrize("make", [lambda: Leaf(np.zeros((2, 4))),
                                  lambda: Times(Leaf(np.zeros((2, 4))), 1.0)])
def test_products_and_gradients_add_up(make, rng):
    A, B, G = rng.normal(size=(2, 3)), rng.normal(size=(3, 4)), np.ones((2, 4))
    node = make()
    for _ in range(2):
        node.add_product(A, B)
        node.add_grad(G)
    assert_allclose(node.grad, 2 * (A @ B) + 2 * G)
    assert_array_equal(G, np.ones((2, 4)))


def test_adding_leaves_a_gradient_that_others_hold_alone():
    a, G = Times(Leaf(np.zeros(2)), 1.0), np.ones(2)
    a.add_grad(G)
    a.add_grad(G)
    assert_array_equal(G, [1, 1])
    assert_array_equal(a.grad, [2, 2])


def test_a_leaf_does_not_hold_on_to_the_gradient_that_came():
    leaf, G = Leaf(np.zeros(2)), np.ones(2)
    leaf.add_grad(G)
    leaf.add_grad(G)
    assert_array_equal(G, [1, 1])


@pytest.mark.parametrize("shape", [(), (1, 3), (3,), (4, 3)])
def test_a_gradient_that_does_not_fit_its_leaf_is_refused(shape):
    with pytest.raises(ValueError, match=r"arrives at a Leaf .*\(2, 3\)"):
        Leaf(np.zeros((2, 3))).add_grad(np.ones(shape))


def test_product_is_the_product_stored_by_columns(rng):
    A, B = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    result = product(A, B.T)
    assert_array_equal(result, A @ B.T)
    assert result.flags.f_contiguous and not result.flags.c_contiguous


def test_fprop_sees_what_changed_since():
    a, x = Leaf(1.0), Input(2.0)
    root = Add(a, x)
    assert fprop(root) == 3
    a.value, x.value = 10.0, np.array(20.0)
    assert fprop(root) == 30


def test_bprop_weighs_by_the_gradient_from_above():
    a = Leaf([1.0, 2.0])
    root = Times(a, 3.0)
    fprop(root)
    bprop(root, [10, 100])
    assert_array_equal(a.grad, [30, 300])


def test_a_second_bprop_forgets_the_first():
    a = Leaf([1.0, 2.0])
    root = Times(Times(a, 3.0), 2.0)
    fprop(root)
    for _ in range(2):
        bprop(root, np.ones(2))
        assert_array_equal(a.grad, [6, 6])


def test_a_root_whose_value_is_a_plain_number_will_do():
    class Total(Node):
        def fprop(self):
            self.value = float(self.children[0].value.sum())

        def bprop(self):
            a, = self.children
            a.add_grad(np.full_like(a.value, self.grad))

    a = Leaf([1.0, 2.0])
    assert_array_equal(gradient(Total(a), a), [1, 1])


def test_a_float64_gradient_from_above_does_not_promote_float32():
    a = Leaf(np.float32([1, 2]))
    inner = Times(a, 3.0)
    root = Times(inner, 3.0)
    fprop(root)
    bprop(root, np.float64([1, 1]))
    assert inner.grad.dtype == np.float32


@pytest.mark.parametrize("G", [None, 1.0, np.ones(3), np.ones((2, 1))])
def test_bprop_wants_a_gradient_of_the_shape_of_the_value(G):
    root = Times(Leaf(np.ones(2)), 3.0)
    fprop(root)
    with pytest.raises(ValueError, match=r"shape \(2,\) needs G of that"):
        bprop(root, G)


def test_bprop_wants_a_value_first():
    with pytest.raises(ValueError, match="call fprop first"):
        bprop(Times(Leaf(1.0), 2.0))


def test_bprop_wants_a_parameter():
    root = Times(Input(1.0), 2.0)
    fprop(root)
    with pytest.raises(ValueError, match="at least one Leaf"):
        bprop(root)


@pytest.mark.parametrize("child", [np.ones(2), 3.0, None])
def test_children_are_boxes(child):
    with pytest.raises(TypeError, match=r"Add takes boxes .* Leaf\(array\)"):
        Add(Leaf(1.0), child)


@pytest.mark.parametrize("method", ["fprop", "bprop"])
def test_a_box_without_a_method_is_named(method):
    class Hollow(Node):
        pass

    with pytest.raises(NotImplementedError, match=f"Hollow has no {method}"):
        getattr(Hollow(Leaf(1.0)), method)()


def test_the_product_of_a_column_and_a_row_is_the_outer_product(rng):
    A, B = rng.normal(size=(4, 1)), rng.normal(size=(1, 3))
    for room in (None, np.zeros((4, 3))):
        leaf = Leaf(np.ones((4, 3)))
        if room is not None:
            leaf.tie(np.ones((4, 3)), room)
        leaf.add_product(A, B)
        assert_allclose(leaf.grad, A @ B, rtol=1e-15)
        leaf.add_product(A, B)
        assert_allclose(leaf.grad, 2 * A @ B, rtol=1e-15)
