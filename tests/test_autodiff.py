"""Automatic differentiation against PyTorch, and its operations by rules."""

import numpy as np
import pytest
import torch

from dlbook_lib import autodiff, operations
from dlbook_lib.autodiff import Variable, grad
from dlbook_lib.flowgraph import Input, Leaf, bprop, fprop
from dlbook_lib.gradcheck import check_gradient
from dlbook_lib.layers import Relu

SHAPES = [(), (4,), (1,), (3, 1), (1, 4), (3, 4), (2, 3, 4), (2, 1, 1)]


class Torch:
    """The same operations for tensors."""

    exp, log, tanh, maximum = torch.exp, torch.log, torch.tanh, torch.maximum

    @staticmethod
    def where(condition, u, v):
        return torch.where(torch.as_tensor(condition), u, v)

    @staticmethod
    def sum(u, axis, keepdims):
        return u.sum(dim=axis, keepdim=keepdims)

    @staticmethod
    def max(u, axis, keepdims):
        return u.amax(dim=axis, keepdim=keepdims)


class Ours:
    """And for Variables."""

    exp, log, tanh = autodiff.exp, autodiff.log, autodiff.tanh
    maximum, where = autodiff.maximum, autodiff.where

    @staticmethod
    def sum(u, axis, keepdims):
        return u.sum(axis, keepdims)

    @staticmethod
    def max(u, axis, keepdims):
        return u.max(axis, keepdims)


def random_expression(seed, depth=8):
    """f(of, *variables): what it does follows from the seed alone."""
    def f(of, *variables):
        rng, seen = np.random.default_rng(seed), list(variables)
        for _ in range(depth):
            u, v = (seen[i] for i in rng.integers(len(seen), size=2))
            seen.append(step(rng, of, u, v if fit(u, v) else u))
        total = 0
        for one in seen[-3:]:
            total = total + of.tanh(one).sum()
        return total
    return f


def fit(u, v):
    """Whether the two broadcast together."""
    try:
        np.broadcast_shapes(tuple(u.shape), tuple(v.shape))
    except ValueError:
        return False
    return True


def step(rng, of, u, v):
    """One more random operation; all stay finite and away from kinks."""
    kind = rng.integers(12)
    if kind < 4:
        return [lambda: u + v, lambda: u - v, lambda: of.tanh(u) * v,
                lambda: u / (1.5 + v * v)][kind]()
    if kind == 4:
        return of.exp(of.tanh(u)) - 2.0
    if kind == 5:
        return of.log(1 + u * u)
    if kind == 6:
        return of.maximum(u, v + 0.3)
    if kind == 7:
        return of.where(rng.random(tuple(u.shape)) < 0.5, u, -u)
    if kind == 8:
        return (1.2 + u * u) ** 1.5
    if len(u.shape) == 0:
        return 0.5 * u
    axis, keepdims = int(rng.integers(len(u.shape))), bool(rng.integers(2))
    if kind == 9:
        return of.max(u, axis, keepdims)
    if kind == 10:
        return of.sum(u, axis, keepdims)
    rows = rng.integers(u.shape[0], size=u.shape[0])    # some twice
    return u[rows]


@pytest.mark.parametrize("seed", range(200))
def test_a_random_expression_has_pytorchs_gradients(seed):
    rng = np.random.default_rng(1000 + seed)
    arrays = [rng.normal(size=SHAPES[i])
              for i in rng.integers(len(SHAPES), size=3)]
    f = random_expression(seed)
    ours = grad(lambda *variables: f(Ours, *variables))(*arrays)
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    f(Torch, *tensors).backward()
    for array, our, tensor in zip(arrays, ours, tensors):
        theirs = np.zeros_like(array) if tensor.grad is None else tensor.grad
        np.testing.assert_allclose(our, theirs, rtol=1e-9, atol=1e-11)


def test_the_random_expressions_use_every_operation():
    used = set()

    class Watching(Ours):
        def __getattribute__(self, name):
            used.add(name)
            return getattr(Ours, name)

    for seed in range(200):
        rng = np.random.default_rng(1000 + seed)
        variables = [Variable(rng.normal(size=SHAPES[i]))
                     for i in rng.integers(len(SHAPES), size=3)]
        random_expression(seed)(Watching(), *variables)
    assert used == {"exp", "log", "tanh", "maximum", "where", "sum", "max"}


@pytest.mark.parametrize("kind", [
    operations.Add, operations.Subtract, operations.Multiply,
    operations.Divide, operations.Power, operations.Maximum,
])
@pytest.mark.parametrize("shapes", [((3, 4), (4,)), ((3, 1), (1, 4)),
                                    ((), (2, 3)), ((2, 1, 3), (4, 1))])
def test_an_operation_of_two_passes_finite_differences(kind, shapes):
    rng = np.random.default_rng(0)
    u, v = (Leaf(rng.uniform(0.5, 2, size=shape)) for shape in shapes)
    check_gradient(kind(u, v))
    check_gradient(kind(u, u))


@pytest.mark.parametrize("make", [
    operations.Exp, operations.Log, operations.Transpose,
    lambda u: operations.Sum(u, axis=0, keepdims=False),
    lambda u: operations.Sum(u, axis=None, keepdims=True),
    lambda u: operations.Max(u, axis=1, keepdims=False),
    lambda u: operations.Index(u, key=np.array([2, 0, 2])),
    lambda u: operations.Index(u, key=(slice(None), 1)),
    lambda u: operations.Reshape(u, shape=(4, 3)),
    lambda u: operations.MatrixProduct(u, operations.Transpose(u)),
])
def test_an_operation_passes_finite_differences(make):
    u = Leaf(np.random.default_rng(1).uniform(0.5, 2, size=(3, 4)))
    check_gradient(make(u))


def test_float32_stays_float32():
    x = Variable(np.ones((2, 3), dtype=np.float32))
    y = ((2.0 * x + 1) ** 2 / 3).max(axis=1).mean()
    bprop(y.box)
    assert y.value.dtype == x.grad.dtype == np.float32


def test_a_number_beside_integers_keeps_its_fraction():
    whole = Variable(Input(np.array([1, 2, 3])))
    assert (whole * 0.5).value.tolist() == [0.5, 1, 1.5]
    assert autodiff.maximum(0.5, 0.25).value == 0.5
    assert autodiff.exp(0).value == 1


def test_a_power_with_the_variable_above():
    assert grad(lambda u: 2.0 ** u)(3.0) == pytest.approx(8 * np.log(2))


def test_in_a_tie_the_gradient_is_shared():
    assert grad(lambda u: u.max())(np.array([2.0, 1.0, 2.0])).tolist() == [
        0.5, 0, 0.5]
    u, v = grad(lambda u, v: autodiff.maximum(u, v))(1.0, 1.0)
    assert u == v == 0.5


def test_sum_to_is_the_adjoint_of_broadcasting():
    rng = np.random.default_rng(2)
    for shape, wide in [((), (3,)), ((1, 3), (2, 3)), ((3, 1), (5, 3, 4))]:
        u, G = rng.normal(size=shape), rng.normal(size=wide)
        back = operations.sum_to(G, shape)
        assert back.shape == shape
        assert np.vdot(G, np.broadcast_to(u, wide)) == pytest.approx(
            np.vdot(back, u))


def test_boxes_of_the_library_take_operators():
    leaf = Leaf(np.array([[-1.0, 2.0]]))
    h = autodiff.apply(Relu, leaf)
    total = (3.0 * h).sum()
    bprop(total.box)
    assert leaf.grad.tolist() == [[0, 3]]


def test_a_graph_can_be_run_again_with_other_values():
    x = Variable(np.array([1.0, 2.0]))
    y = (x * x).sum()
    x.box.value = np.array([3.0, 4.0])
    assert fprop(y.box) == 25


def test_at_test_keeps_the_settings():
    box = operations.Sum(Leaf(np.ones((2, 3))), axis=1, keepdims=True)
    again = box.at_test(Leaf(np.ones((2, 3))))
    assert fprop(again).shape == (2, 1)


def test_an_unused_argument_has_a_gradient_of_zeros():
    _, unused = grad(lambda u, v: (u * u).sum())(np.ones(2), np.ones((2, 3)))
    assert unused.tolist() == np.zeros((2, 3)).tolist()


@pytest.mark.parametrize("wrong, error, said", [
    (lambda: grad(lambda u: u * u)(np.ones(3)), ValueError, "one number"),
    (lambda: grad(lambda u: u.value.sum())(np.ones(3)), TypeError, "leave"),
    (lambda: bool(Variable(1.0)), TypeError, "where"),
    (lambda: Variable(1.0) == 1.0, TypeError, "where"),
    (lambda: Variable(1.0) > 0, TypeError, "where"),
    (lambda: Variable(np.ones(3)) @ np.ones(3), ValueError, "two tables"),
    (lambda: Variable(1.0) + "one", TypeError, "must be float"),
    (lambda: Variable(np.ones(2)) + np.ones(3), ValueError, "broadcast"),
])
def test_bad_input_gets_a_clear_error(wrong, error, said):
    with pytest.raises(error, match=said):
        wrong()
