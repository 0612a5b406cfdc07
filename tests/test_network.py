import copy
import os
import pickle
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib import initializers, storage
from dlbook_lib.activations import sigmoid, softmax
from dlbook_lib.criteria import (
    L1Penalty,
    L2Penalty,
    Mean,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SquaredError,
)
from dlbook_lib.flowgraph import Input, Leaf, Node, topological_order
from dlbook_lib.gradcheck import finite_difference, relative_error
from dlbook_lib.layers import Elu, LeakyRelu, Relu, Sigmoid, Softmax, Tanh
from dlbook_lib.network import MLP
from dlbook_lib.torch_twin import torch_risk_and_gradients

SIZES = [(4, 3), (4, 5, 3), (4, 6, 5, 3)]
HIDDEN = [Sigmoid, Tanh, Relu, LeakyRelu, Elu]
LABELS = np.array([2, 0, 1, 1, 2, 0, 1])


class Identity(Node):
    def fprop(self):
        self.value = self.children[0].value

    def bprop(self):
        self.children[0].add_grad(self.grad)


@pytest.fixture
def X(rng):
    return rng.normal(size=(7, 4))


@pytest.fixture
def net(rng):
    return MLP((4, 5, 3), rng)


def test_parameters_are_views_into_theta_and_grad(net, X):
    names = ["W1", "b1", "W2", "b2"]
    assert list(net.parameters) == names
    assert net.theta.shape == net.grad.shape == (5 * 4 + 5 + 3 * 5 + 3,)
    net.theta[...] = np.arange(net.theta.size)
    assert_array_equal(net.parameters["W1"].value,
                       np.arange(20).reshape(5, 4))
    assert_array_equal(net.parameters["b2"].value, [40, 41, 42])
    net.theta[...] /= 100
    _, grad = net.risk_and_gradient(X, LABELS)
    assert grad is net.grad
    for name in names:
        leaf = net.parameters[name]
        assert np.shares_memory(leaf.value, net.theta)
        assert np.shares_memory(leaf.grad, net.grad)
    assert_array_equal(np.concatenate(
        [net.parameters[name].grad.ravel() for name in names]), grad)


def test_grad_may_be_changed_but_not_replaced(net):
    net.grad *= 0.5
    net.grad[...] = 1
    with pytest.raises(ValueError, match=r"replaced.*net.grad\[\.\.\.\]"):
        net.grad = np.clip(net.grad, -1, 1)


def test_a_parameter_is_not_replaced_behind_the_graphs_back(net):
    with pytest.raises(TypeError, match="does not support item assignment"):
        net.parameters["W1"] = Leaf(net.parameters["W1"].value)


def test_theta_may_be_updated_but_not_replaced(net):
    net.theta -= 1
    net.theta *= 2
    net.theta[...] = 0
    with pytest.raises(ValueError, match=r"replaced.*net.theta\[\.\.\.\]"):
        net.theta = np.ones_like(net.theta)
    with pytest.raises(ValueError, match="theta was replaced"):
        net.theta = net.theta - 1
    assert (net.theta == 0).all()


def test_prediction_is_the_formula(net, X):
    W1, b1, W2, b2 = (leaf.value for leaf in net.parameters.values())
    b1[...], b2[...] = 0.1, [-1, 0, 1]
    expected = softmax(np.maximum(X @ W1.T + b1, 0) @ W2.T + b2)
    assert_allclose(net.predict(X), expected, rtol=1e-13)


@pytest.mark.parametrize("o, formula", [
    (Identity, lambda A: A), (Sigmoid, sigmoid), (Softmax, softmax)])
def test_o_stands_on_the_last_preactivation(o, formula, rng, X):
    net = MLP((4, 3), rng, o=o)
    A = X @ net.parameters["W1"].value.T
    assert_allclose(net.predict(X), formula(A), rtol=1e-13)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("g", HIDDEN)
def test_risk_and_gradient_are_those_of_pytorch(sizes, g, rng, X):
    net = MLP(sizes, rng, g=g)
    net.theta += 0.1 * rng.normal(size=net.theta.size)
    risk, grad = net.risk_and_gradient(X, LABELS)
    their_risk, their_grad = torch_risk_and_gradients(net, X, LABELS)
    assert isinstance(risk, float) and net.risk(X, LABELS) == risk
    assert_allclose(risk, their_risk, rtol=1e-12)
    assert_allclose(grad, their_grad, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("criterion, o, Y", [
    (SquaredError, Identity, np.linspace(-1, 1, 21).reshape(7, 3)),
    (SigmoidCrossEntropy, Sigmoid, np.linspace(0, 1, 21).reshape(7, 3))])
def test_other_criteria_are_those_of_pytorch(criterion, o, Y, rng, X):
    net = MLP((4, 5, 3), rng, criterion=criterion, o=o)
    risk, grad = net.risk_and_gradient(X, Y)
    their_risk, their_grad = torch_risk_and_gradients(net, X, Y)
    assert_allclose(risk, their_risk, rtol=1e-12)
    assert_allclose(grad, their_grad, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("penalty", [None, partial(L2Penalty, lambda_=0.3),
                                     partial(L1Penalty, lambda_=0.3)])
def test_the_gradient_is_that_of_the_risk(penalty, rng, X):
    net = MLP((4, 5, 3), rng, g=Tanh, penalty=penalty)
    net.theta += 0.1

    def risk_at(theta):
        net.theta[...] = theta
        return net.risk(X, LABELS)

    start = net.theta.copy()
    estimated = finite_difference(risk_at, start)
    net.theta[...] = start
    _, grad = net.risk_and_gradient(X, LABELS)
    assert relative_error(grad, estimated).max() < 1e-6


def test_a_penalty_weighs_weights_and_never_biases(rng, X):
    net = MLP((4, 5, 3), rng, penalty=partial(L2Penalty, lambda_=0.5))
    plain = MLP((4, 5, 3), rng)
    net.theta += 0.1
    plain.theta[...] = net.theta
    W1, W2 = net.parameters["W1"].value, net.parameters["W2"].value
    assert_allclose(net.risk(X, LABELS) - plain.risk(X, LABELS),
                    0.5 * ((W1 ** 2).sum() + (W2 ** 2).sum()))


def test_gradients_of_a_batch_forget_the_batch_before(net, X):
    net.risk_and_gradient(10 * X, LABELS)
    again = net.risk_and_gradient(X, LABELS)[1].copy()
    assert_array_equal(net.copy().risk_and_gradient(X, LABELS)[1], again)


@pytest.mark.parametrize("criterion, Y", [
    (SoftmaxCrossEntropy, LABELS), (SquaredError, np.zeros((7, 3)))])
@pytest.mark.parametrize("g", HIDDEN)
def test_a_float32_network_meets_float64_data_and_stays(g, criterion, Y, rng,
                                                        X):
    net = MLP((4, 5, 3), rng, g=g, criterion=criterion, dtype=np.float32,
              penalty=partial(L2Penalty, lambda_=np.float64(0.1)))
    assert X.dtype == np.float64
    _, grad = net.risk_and_gradient(X, Y)
    assert grad.dtype == net.theta.dtype == np.float32
    assert net.predict(X).dtype == np.float32
    for root in (net.objective, net.output):
        for node in topological_order(root):
            if node is net.y:
                continue
            assert node.value.dtype == np.float32, node
            assert node.grad is None or node.grad.dtype == np.float32, node


def test_integer_data_are_taken_as_numbers(net):
    whole = np.arange(28).reshape(7, 4)
    assert net.risk(whole, LABELS) == net.risk(whole + 0.0, LABELS)
    assert_array_equal(net.predict(whole), net.predict(whole + 0.0))


def test_the_test_graph_is_made_of_what_stands_there_when_predicting(rng, X):
    class Doubling(Relu):
        """Doubles in training, and is a plain ReLU in prediction."""

        def fprop(self):
            super().fprop()
            self.value = 2 * self.value

        def at_test(self, a):
            return Relu(a)

    net, plain = MLP((4, 5, 3), rng, g=Doubling), MLP((4, 5, 3), rng)
    plain.theta[...] = net.theta
    assert_array_equal(net.predict(X), plain.predict(X))
    assert net.risk(X, LABELS) != plain.risk(X, LABELS)


def test_a_readers_own_box_plugs_in(rng, X):
    class Swish(Node):
        def fprop(self):
            a = self.children[0].value
            self.value = a * sigmoid(a)

        def bprop(self):
            a = self.children[0].value
            s = sigmoid(a)
            self.children[0].add_grad(self.grad * (s + a * s * (1 - s)))

    net = MLP((4, 5, 3), rng, g=Swish)
    assert net.risk_and_gradient(X, LABELS)[0] > 0


def test_an_activation_that_passes_nothing_on_is_noticed(rng, X):
    class Deaf(Relu):
        def bprop(self):
            pass

    net = MLP((4, 5, 3), rng, g=Deaf)
    with pytest.raises(ValueError, match="No path leads from W1"):
        net.risk_and_gradient(X, LABELS)


def test_weights_are_drawn_by_w_init_and_biases_start_at_0(rng):
    net = MLP((4, 5, 3), rng, W_init=initializers.constant)
    assert (net.parameters["W1"].value == 0.5).all()
    assert not net.parameters["b1"].value.any()
    assert net.parameters["b1"].value.shape == (5,)
    first, again = (MLP((4, 5, 3), np.random.default_rng(1)).theta
                    for _ in range(2))
    assert_array_equal(first, again)


def test_a_copy_computes_the_same_and_is_independent(rng, X):
    net = MLP((4, 5, 3), rng, g=Tanh, o=Softmax, dtype=np.float32,
              penalty=partial(L2Penalty, lambda_=0.1))
    for twin in (net.copy(), copy.deepcopy(net)):
        assert twin.risk(X, LABELS) == net.risk(X, LABELS)
        assert twin.theta.dtype == np.float32
        twin.theta += 1
        assert twin.risk(X, LABELS) != net.risk(X, LABELS)
        assert np.shares_memory(twin.parameters["W1"].value, twin.theta)
        assert not np.shares_memory(twin.theta, net.theta)


@pytest.mark.parametrize("do", [pickle.dumps, copy.copy])
def test_what_would_cut_the_views_is_refused(do, net):
    with pytest.raises(TypeError, match=r"views into theta. Use net.save"):
        do(net)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_was_saved_is_loaded_bit_for_bit(dtype, rng, X, tmp_path):
    net, other = (MLP((4, 5, 3), rng, dtype=dtype) for _ in range(2))
    net.save(tmp_path / "net.npz")
    theta = other.theta
    other.load(tmp_path / "net.npz")
    assert other.theta is theta
    assert other.theta.tobytes() == net.theta.tobytes()
    assert_array_equal(other.predict(X), net.predict(X))


def test_a_save_that_fails_leaves_the_old_file(net, tmp_path, monkeypatch):
    path = tmp_path / "net.npz"
    net.save(path)
    old = path.read_bytes()
    net.theta += 1

    def half(file, **arrays):
        file.write(old[:50])
        raise OSError("disk full")

    monkeypatch.setattr(storage.np, "savez", half)
    with pytest.raises(OSError, match="disk full"):
        net.save(path)
    assert path.read_bytes() == old
    assert os.listdir(tmp_path) == ["net.npz"]


def refuses(net, path, error, told):
    before = net.theta.copy()
    with pytest.raises(error, match=told):
        net.load(path)
    assert_array_equal(net.theta, before)


@pytest.mark.parametrize("sizes", [(4, 6, 3), (4, 5, 2), (4, 3),
                                   (4, 5, 5, 3)])
def test_a_file_of_other_sizes_is_refused(sizes, net, rng, tmp_path):
    MLP(sizes, rng).save(tmp_path / "net.npz")
    refuses(net, tmp_path / "net.npz", ValueError, "same sizes")


@pytest.mark.parametrize("bad, error, told", [
    (np.nan, ValueError, "b2 in .*net.npz has nan"),
    (np.inf, ValueError, "b2 in .*net.npz has inf"),
    (1j, TypeError, "b2 must be float32, float64")])
def test_a_file_with_one_bad_array_changes_nothing(bad, error, told, net,
                                                   tmp_path):
    arrays = {name: leaf.value + 1 for name, leaf in net.parameters.items()}
    arrays["b2"] = np.array([0, 0, bad])
    storage.save_arrays(tmp_path / "net.npz", arrays)
    refuses(net, tmp_path / "net.npz", error, told)


def test_a_file_cut_short_changes_nothing(net, tmp_path):
    path = tmp_path / "net.npz"
    net.save(path)
    path.write_bytes(path.read_bytes()[:-100])
    refuses(net, path, ValueError, "not a readable .npz")


def test_a_damaged_byte_is_refused_or_harmless(rng, tmp_path):
    net, path = MLP((1, 1), rng), tmp_path / "net.npz"
    net.save(path)
    saved, whole = net.theta.copy(), path.read_bytes()
    for at in range(len(whole)):
        net.theta[...] = 7
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF])
                         + whole[at + 1:])
        try:
            net.load(path)
        except ValueError:
            assert_array_equal(net.theta, [7, 7])
        else:
            assert_array_equal(net.theta, saved)


@pytest.mark.parametrize("use", [
    lambda net, X: net.predict(X),
    lambda net, X: net.risk_and_gradient(X, LABELS)])
@pytest.mark.parametrize("change, error, told", [
    (lambda X: X[0], ValueError, r"\(N, 4\).*got \(4,\).*x\[None, :\]"),
    (lambda X: X[:, :3], ValueError, r"\(N, 4\).*got \(7, 3\)"),
    (lambda X: X[None], ValueError, r"got \(1, 7, 4\)"),
    (lambda X: X + 1j, TypeError, "MLP must be float32"),
    (lambda X: X.astype(str), TypeError, "MLP must be float32"),
    (lambda X: np.where(X == X.max(), np.nan, X), ValueError,
     "MLP's batch has nan at index"),
    (lambda X: np.where(X == X.max(), np.inf, X), ValueError,
     "MLP's batch has inf at index"),
])
def test_data_that_are_no_batch_are_refused(use, change, error, told, net, X):
    with pytest.raises(error, match=told):
        use(net, change(X))


@pytest.mark.parametrize("labels, error, told", [
    (LABELS + 0.0, TypeError, "integer class labels"),
    (LABELS - 1, ValueError, r"0 \.\. 2"),
    (LABELS + 1, ValueError, r"0 \.\. 2"),
    (LABELS[:, None], ValueError, r"y.ravel\(\)"),
    (LABELS[:3], ValueError, r"shape \(7,\)")])
def test_labels_that_are_none_are_refused(labels, error, told, net, X):
    with pytest.raises(error, match=told):
        net.risk_and_gradient(X, labels)


def test_a_batch_without_rows_has_no_mean(net):
    with pytest.raises(ValueError, match="N >= 1"):
        net.risk(np.zeros((0, 4)), np.zeros(0, dtype=int))
    assert net.predict(np.zeros((0, 4))).shape == (0, 3)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_weights_that_ran_away_are_noticed(bad, rng, X):
    net = MLP((4, 3), rng, criterion=SquaredError, o=Identity)
    net.theta[-1] = bad
    with pytest.raises(FloatingPointError, match="Lower the learning rate"):
        net.risk(X, np.zeros((7, 3)))
    net = MLP((4, 3), rng)
    net.theta[-1] = bad
    with pytest.raises(ValueError, match="needs a finite largest entry"):
        net.risk(X, LABELS)


@pytest.mark.parametrize("sizes", [(4,), (), (4, 0, 3), (0, 3)])
def test_sizes_make_a_network(sizes, rng):
    with pytest.raises(ValueError, match="sizes are "):
        MLP(sizes, rng)


@pytest.mark.parametrize("dtype", [int, np.float16, complex])
def test_a_network_is_of_float32_or_float64(dtype, rng):
    with pytest.raises(TypeError, match="float32 or float64; got"):
        MLP((4, 3), rng, dtype=dtype)


def test_the_objective_is_a_graph_a_reader_can_walk(net):
    order = topological_order(net.objective)
    assert order[-1] is net.objective and isinstance(net.objective, Mean)
    assert [node for node in order if isinstance(node, Input)] == [net.x,
                                                                   net.y]
