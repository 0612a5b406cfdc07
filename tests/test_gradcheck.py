from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib.activations import leaky_relu, leaky_relu_prime, sigmoid
from dlbook_lib.flowgraph import Input, Leaf, Node
from dlbook_lib.gradcheck import (
    check_gradient,
    finite_difference,
    relative_error,
)
from dlbook_lib.layers import Preactivation, Sigmoid

CHECK = "application/vnd.dlbook.check+json"


def cube(x):
    return x ** 3


def cube_prime(x):
    return 3 * x ** 2


def test_the_difference_of_a_cube_is_its_slope(rng):
    for shape in [(), (4,), (2, 3)]:
        x = rng.normal(size=shape)
        assert_allclose(finite_difference(cube, x), 3 * x ** 2, rtol=1e-8,
                        atol=1e-9)


def test_the_error_of_a_central_difference_is_of_second_order():
    # (x + e)^3 - (x - e)^3 = 2 e (3 x^2 + e^2): the error is e^2.
    for epsilon in (0.1, 0.01):
        slope = finite_difference(cube, np.array(1.0), epsilon)
        assert_allclose(slope - 3, epsilon ** 2, rtol=1e-8)


def test_the_step_grows_with_the_coordinate():
    x = np.array([1e6])
    assert_allclose(finite_difference(np.square, x), 2e6, rtol=1e-9)


def test_the_difference_of_a_loss_per_row_is_each_rows_gradient(rng):
    X = rng.normal(size=(3, 4))
    slope = finite_difference(lambda A: np.prod(A, axis=1), X)
    assert_allclose(slope, np.prod(X, axis=1, keepdims=True) / X, rtol=1e-7)


def test_entries_that_do_not_move_cancel_exactly():
    x = np.array([1e12, 1e-3])
    assert_allclose(finite_difference(np.square, x)[1], 2e-3, rtol=1e-8)


def test_the_point_is_left_as_it_was(rng):
    x = rng.normal(size=3)
    before = x.copy()
    finite_difference(cube, x)
    check_gradient(cube, cube_prime, x)
    assert_array_equal(x, before)


@pytest.mark.parametrize("dtype", [np.float32, int])
def test_only_float64_is_precise_enough(dtype):
    with pytest.raises(TypeError, match="needs a float64 x"):
        finite_difference(cube, np.ones(2, dtype=dtype))


def test_relative_error_on_paper():
    assert_allclose(relative_error([1, 3, 0, 2e-6, -1], [1, 4, 0, 1e-6, 1]),
                    [0, 1 / 4, 0, 1e-3, 2])


def test_a_right_gradient_passes_and_is_counted(rng):
    verdict = check_gradient(cube, cube_prime, rng.normal(size=(2, 3)))
    assert verdict.entries == 6 and verdict.quantity == "cube"
    assert "cube: gradient = finite differences at 6 entries" in str(verdict)


WRONG = {
    "sign": lambda x: -3 * x ** 2,
    "factor": lambda x: 2 * x ** 2,
    "a hair": lambda x: 3 * x ** 2 * (1 + 1e-5),
    "one entry": lambda x: 3 * x ** 2 + np.eye(*x.shape),
    "nan": lambda x: np.full_like(x, np.nan),
    "infinity": lambda x: np.full_like(x, np.inf),
    "shape": lambda x: (3 * x ** 2)[0],
    "a number": lambda x: 3.0,
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_gradient_is_caught(wrong, rng):
    x = 1 + rng.uniform(size=(2, 3))
    with pytest.raises(AssertionError, match="cube: "):
        check_gradient(cube, wrong, x)


def test_a_wrong_gradient_is_told_with_both_numbers():
    def wrong(x):
        return np.array([3.0, 5.0])

    with pytest.raises(AssertionError, match=(
            "1 of 2 entries differ; at index [(]1,[)] the gradient says 5, "
            "finite differences say 12")):
        check_gradient(cube, wrong, np.array([1.0, 2.0]))


def test_the_tolerance_is_the_readers():
    def rough(x):
        return 3.003 * x ** 2

    with pytest.raises(AssertionError):
        check_gradient(cube, rough, np.array([1.0]), tolerance=5e-4)
    check_gradient(cube, rough, np.array([1.0]), tolerance=2e-3)


def test_a_function_without_a_name_can_be_checked():
    verdict = check_gradient(
        partial(leaky_relu, slope=0.3), partial(leaky_relu_prime, slope=0.3),
        np.array([-1.0, 1.0]), quantity="leaky")
    assert verdict.quantity == "leaky"


class WrongSigmoid(Sigmoid):
    """Multiplies by h (1 + h)."""

    def bprop(self):
        a, = self.children
        a.add_grad(self.grad * self.value * (1 + self.value))


class NoTranspose(Preactivation):
    """Forgets a transpose where the weights are square."""

    def bprop(self):
        b, W, h = self.children
        b.add_grad(self.grad.sum(axis=0))
        W.add_product(self.grad.T, h.value)
        h.add_product(self.grad, W.value.T)


class Deaf(Sigmoid):
    """Passes nothing on."""

    def bprop(self):
        pass


class SetsItself(Sigmoid):
    """Overwrites its child's gradient instead of adding to it."""

    def bprop(self):
        a, = self.children
        a.grad = self.grad * (self.value * (1 - self.value))


def square_layer(kind, rng):
    return kind(Leaf(rng.normal(size=3)), Leaf(rng.normal(size=(3, 3))),
                Leaf(rng.normal(size=(3, 3))))


@pytest.mark.parametrize("kind", [WrongSigmoid, Deaf])
def test_a_wrong_box_is_caught(kind, rng):
    with pytest.raises(AssertionError, match=f"{kind.__name__}, Leaf 0"):
        check_gradient(kind(Leaf(rng.normal(size=(2, 3)))))


def test_a_missing_transpose_is_caught_and_its_leaf_is_named(rng):
    assert check_gradient(square_layer(Preactivation, rng)).entries == 21
    with pytest.raises(AssertionError, match="Leaf 2"):
        check_gradient(square_layer(NoTranspose, rng))


def test_a_box_that_sets_instead_of_adds_is_caught_by_a_fan_out(rng):
    W, b = Leaf(rng.normal(size=(3, 3))), Leaf(rng.normal(size=3))

    def graph(kind):
        h = Sigmoid(Leaf(rng.normal(size=(2, 3))))
        return Preactivation(b, W, Both(kind(h), Sigmoid(h)))

    class Both(Node):
        def fprop(self):
            p, q = self.children
            self.value = p.value * q.value

        def bprop(self):
            p, q = self.children
            q.add_grad(self.grad * p.value)
            p.add_grad(self.grad * q.value)

    check_gradient(graph(Sigmoid))
    with pytest.raises(AssertionError):
        check_gradient(graph(SetsItself))


def test_the_upstream_gradient_is_not_all_ones(rng):
    class ForgetsUpstream(Sigmoid):
        def bprop(self):
            a, = self.children
            a.add_grad(self.value * (1 - self.value))

    with pytest.raises(AssertionError):
        check_gradient(ForgetsUpstream(Leaf(rng.normal(size=(2, 3)))))


def test_the_graph_is_left_as_it_was(rng):
    a = Leaf(rng.normal(size=(2, 3)))
    before = a.value.copy()
    root = Sigmoid(a)
    check_gradient(root)
    assert_array_equal(a.value, before)
    assert_array_equal(root.value, sigmoid(before))


def test_the_graph_is_left_as_it_was_even_after_an_error(rng):
    class Fragile(Sigmoid):
        calls = 0

        def fprop(self):
            super().fprop()
            self.calls += 1
            if self.calls == 3:
                raise FloatingPointError("at a moved point")

    a = Leaf(np.array([[1.0, 2.0]]))
    with pytest.raises(FloatingPointError):
        check_gradient(Fragile(a))
    assert_array_equal(a.value, [[1, 2]])


def test_a_graph_needs_a_parameter_to_check():
    with pytest.raises(ValueError, match="at least one Leaf"):
        check_gradient(Sigmoid(Input(np.ones((1, 2)))))


def test_the_verdict_carries_its_record():
    verdict = check_gradient(cube, cube_prime, np.array([1.0]),
                             equation="eq-cube", tolerance=1e-7)
    bundle = verdict._repr_mimebundle_()
    assert bundle["text/plain"] == str(verdict)
    assert bundle["text/plain"].startswith("eq-cube, cube: ")
    assert bundle[CHECK] == {
        "equation": "eq-cube", "quantity": "cube",
        "kind": "finite differences",
        "ways": ["library", "finite differences"], "tolerance": 1e-7}


@pytest.mark.parametrize("arguments", [
    (np.tanh,), (np.tanh, np.tanh), (np.tanh, np.tanh, np.zeros(0))])
def test_a_check_of_nothing_is_refused(arguments):
    with pytest.raises(ValueError, match="at least one entry"):
        check_gradient(*arguments)


def test_a_tolerance_that_lets_everything_through_is_refused():
    with pytest.raises(ValueError, match="0 to below 1; got 5"):
        check_gradient(np.tanh, np.cosh, np.ones(2), tolerance=5)
