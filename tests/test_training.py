import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional as F

from dlbook_lib.data import minibatches, two_moons, xor
from dlbook_lib.flowgraph import topological_order
from dlbook_lib.layers import Tanh
from dlbook_lib.network import MLP
from dlbook_lib.optimizers import SGD, Adam, Momentum
from dlbook_lib.torch_twin import to_torch, torch_net
from dlbook_lib.training import EarlyStopping, History, accuracy, train


@pytest.fixture
def moons(rng):
    return two_moons(200, rng)


def test_a_small_network_learns_xor(rng):
    X, y = xor()
    net = MLP((2, 4, 2), rng, g=Tanh)
    history = train(net, X, y, Adam(0.1), 100, 4, rng, held_out=(X, y))
    assert history.accuracies[-1] == 1
    assert history.risks[-1] < 0.05 < 0.5 < history.risks[0]


def test_a_network_without_hidden_layer_does_not(rng):
    X, y = xor()
    net = MLP((2, 2), rng)
    train(net, X, y, Adam(0.1), 100, 4, rng)
    assert accuracy(net, X, y) <= 0.75


def test_a_small_network_learns_the_moons(moons, rng):
    held_out = two_moons(200, rng)
    net = MLP((2, 16, 2), rng)
    train(net, *moons, Momentum(0.1), 60, 20, rng)
    assert accuracy(net, *held_out) >= 0.97


def test_the_history_has_every_step_and_every_epoch(moons, rng):
    net = MLP((2, 3, 2), rng)
    history = train(net, *moons, SGD(0.1), 3, 30, rng, held_out=moons)
    assert len(history.risks) == 3 * 7     # 200 rows by 30: seven steps
    assert len(history.accuracies) == 3
    assert history.accuracies[-1] == accuracy(net, *moons)


def test_without_held_out_rows_no_accuracy_is_noted(moons, rng):
    net = MLP((2, 3, 2), rng)
    assert train(net, *moons, SGD(0.1), 1, 50, rng).accuracies == []


def test_no_epochs_change_nothing(moons, rng):
    net = MLP((2, 3, 2), rng)
    before = net.theta.copy()
    assert train(net, *moons, SGD(0.1), 0, 50, rng) == History()
    assert_array_equal(net.theta, before)


def test_the_first_risk_is_that_of_the_untrained_network(moons, rng):
    net = MLP((2, 3, 2), rng)
    risk = net.risk(*moons)
    history = train(net, *moons, SGD(0.1), 1, 200, rng)
    assert_allclose(history.risks, [risk], rtol=1e-13)


@pytest.mark.parametrize("rule, their_rule", [
    (SGD(0.1), lambda p: torch.optim.SGD(p, lr=0.1)),
    (Momentum(0.1), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
    (Adam(0.01), lambda p: torch.optim.Adam(p, lr=0.01))])
def test_every_loss_is_that_of_pytorch(rule, their_rule, moons, rng):
    net = MLP((2, 8, 6, 2), rng, g=Tanh)
    twin = torch_net(net)
    optimizer = their_rule(twin.parameters())
    history = train(net, *moons, rule, 4, 32, np.random.default_rng(5))
    theirs, order = [], np.random.default_rng(5)
    for _ in range(4):
        for X, y in minibatches(*moons, 32, order):
            optimizer.zero_grad()
            risk = F.cross_entropy(twin(to_torch(X)), to_torch(y))
            risk.backward()
            optimizer.step()
            theirs.append(risk.item())
    assert_allclose(history.risks, theirs, rtol=1e-11)


def test_the_same_rng_trains_the_same_network(moons):
    thetas = []
    for seed in (1, 1, 2):
        net = MLP((2, 3, 2), np.random.default_rng(0))
        train(net, *moons, SGD(0.1), 2, 32, np.random.default_rng(seed))
        thetas.append(net.theta)
    assert_array_equal(thetas[0], thetas[1])
    assert (thetas[0] != thetas[2]).any()


def test_a_float32_network_stays_float32_on_float64_rows(moons, rng):
    net = MLP((2, 3, 2), rng, dtype=np.float32)
    train(net, *moons, Adam(), 1, 50, rng)
    assert net.theta.dtype == np.float32
    assert all(node.value.dtype == np.float32
               for node in topological_order(net.objective)
               if node is not net.y)


def test_rows_and_labels_may_be_lists(rng):
    net = MLP((2, 2), rng)
    history = train(net, [[0, 1], [1, 0]], [0, 1], SGD(0.1), 1, 1, rng,
                    held_out=([[0, 1]], [0]))
    assert len(history.risks) == 2


def test_training_leaves_its_data_as_they_were(moons, rng):
    X, y = moons
    kept = X.copy(), y.copy()
    train(MLP((2, 3, 2), rng), X, y, SGD(0.1), 1, 50, rng)
    assert_array_equal(X, kept[0])
    assert_array_equal(y, kept[1])


def test_accuracy_on_paper(rng):
    net = MLP((2, 2), rng)
    net.theta[...] = [1, 0, 0, 1, 0, 0]    # the larger coordinate wins
    X = np.array([[2, 1], [1, 2], [3, 1], [0, 5]])
    assert accuracy(net, X, [0, 1, 1, 1]) == 0.75


@pytest.mark.parametrize("y", [np.zeros((4, 1), int), np.zeros(3, int), 0])
def test_accuracy_wants_one_label_a_row(y, rng):
    with pytest.raises(ValueError, match=r"y must have shape \(4,\)"):
        accuracy(MLP((2, 2), rng), np.ones((4, 2)), y)


def test_accuracy_refuses_labels_that_no_output_can_be(rng):
    with pytest.raises(ValueError, match="0 .. 1 for 2 classes"):
        accuracy(MLP((2, 2), rng), np.ones((2, 2)), [1, 2])


@pytest.mark.parametrize("X, y, told", [
    (np.array([[0, 1], [np.nan, 0]]), [0, 1], "training set has nan"),
    (np.ones((2, 3)), [0, 1], r"train takes a batch of shape \(N, 2\)"),
    (np.ones(2), [0, 1], r"x\[None, :\]"),
    (np.ones((2, 2)), [0, 1, 1], "same number of rows.* got 2 and 3"),
    (np.ones((2, 2)), [0, 2], r"must lie in 0 \.\. 1"),
])
def test_data_that_do_not_fit_are_refused(X, y, told, rng):
    net = MLP((2, 2), rng)
    before = net.theta.copy()
    with pytest.raises(ValueError, match=told):
        train(net, X, y, SGD(0.1), 1, 2, rng)
    assert_array_equal(net.theta, before)


def test_stopping_on_paper(rng):
    stopping, theta = EarlyStopping(patience=2), np.zeros(3)
    for t, error in enumerate([0.5, 0.3, 0.4, 0.3], start=1):
        assert not stopping.over(t - 1)
        theta += 1
        stopping.look(t, error, theta)
    assert stopping.over(4) and stopping.epoch == 2 and stopping.error == 0.3
    stopping.restore(theta)
    assert_array_equal(theta, [2, 2, 2])


class Tracking(EarlyStopping):
    """Remembers every theta that it was shown."""

    def __init__(self, patience):
        super().__init__(patience)
        self.seen = []

    def look(self, t, error, theta):
        super().look(t, error, theta)
        self.seen.append((error, theta.copy()))


def test_the_best_theta_comes_back_bit_for_bit(moons, rng):
    held_out = two_moons(50, rng)
    net, stopping = MLP((2, 8, 2), rng), Tracking(5)
    history = train(net, *moons, Adam(0.05), 200, 20, rng,
                    held_out=held_out, stopping=stopping)
    errors = [error for error, _ in stopping.seen]
    best = int(np.argmin(errors))
    assert stopping.epoch == best + 1 < len(errors) < 200
    assert len(errors) == best + 1 + 5 == history.epochs
    assert_array_equal(net.theta, stopping.seen[best][1])
    assert 1 - accuracy(net, *held_out) == errors[best] == stopping.error
    assert (net.theta != stopping.seen[-1][1]).any()


@pytest.mark.parametrize("blow", [KeyboardInterrupt, FloatingPointError])
def test_however_a_run_ends_the_best_so_far_stays(blow, moons, rng):
    class Breaking(SGD):
        steps = 0

        def step(self, theta, grad):
            self.steps += 1
            if self.steps == 72:              # in the middle of an epoch
                theta[: 5] = np.nan
                raise blow
            super().step(theta, grad)

    net, stopping = MLP((2, 8, 2), rng), Tracking(100)
    with pytest.raises(blow):
        train(net, *moons, Breaking(0.5), 50, 20, rng, held_out=moons,
              stopping=stopping)
    errors = [error for error, _ in stopping.seen]
    assert len(errors) == 7
    assert_array_equal(net.theta, stopping.seen[int(np.argmin(errors))][1])


def test_stopping_needs_held_out_rows(moons, rng):
    with pytest.raises(ValueError, match="give train a held_out pair"):
        train(MLP((2, 2), rng), *moons, SGD(0.1), 2, 50, rng,
              stopping=EarlyStopping(3))


@pytest.mark.parametrize("patience", [0, -1, np.nan])
def test_a_patience_is_above_0(patience):
    with pytest.raises(ValueError, match="patience must be"):
        EarlyStopping(patience)
