import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib.optimizers import (SGD, AdaDelta, AdaGrad, Adam, Momentum,
                                   Nesterov, RMSProp)

# ours, the same in PyTorch
RULES = [
    (lambda: SGD(0.1), lambda p: torch.optim.SGD(p, lr=0.1)),
    (lambda: Momentum(0.1, 0.8),
     lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8)),
    (lambda: Momentum(0.1),
     lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
    (lambda: Nesterov(0.1, 0.8),
     lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8, nesterov=True)),
    (lambda: AdaGrad(), lambda p: torch.optim.Adagrad(p)),
    (lambda: AdaGrad(0.1, 1e-3),
     lambda p: torch.optim.Adagrad(p, lr=0.1, eps=1e-3)),
    (lambda: RMSProp(), lambda p: torch.optim.RMSprop(p)),
    (lambda: RMSProp(0.1, 0.9, 1e-3),
     lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.9, eps=1e-3)),
    (lambda: AdaDelta(), lambda p: torch.optim.Adadelta(p)),
    (lambda: AdaDelta(0.5, 0.95, 1e-3),
     lambda p: torch.optim.Adadelta(p, lr=0.5, rho=0.95, eps=1e-3)),
    (lambda: Adam(), lambda p: torch.optim.Adam(p)),
    (lambda: Adam(0.1, 0.7, 0.95, 1e-3),
     lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.7, 0.95), eps=1e-3)),
]
each_rule = pytest.mark.parametrize("ours, theirs", RULES)


@each_rule
def test_a_hundred_steps_are_those_of_pytorch(ours, theirs, rng):
    theta = rng.normal(size=50)
    twin = torch.tensor(theta, requires_grad=True)
    rule, their_rule = ours(), theirs([twin])
    # Gradients of every size, so that Adam's epsilon has its say.
    size = 10.0 ** rng.uniform(-9, 2, size=50)
    for _ in range(100):
        grad = size * rng.normal(size=50)
        twin.grad = torch.tensor(grad)
        rule.step(theta, grad)
        their_rule.step()
        assert_allclose(theta, twin.detach().numpy(), rtol=1e-12, atol=1e-13)


@each_rule
def test_theta_changes_in_place_and_grad_does_not(ours, theirs, rng):
    theta, grad = rng.normal(size=(2, 5))
    start, before = theta.copy(), grad.copy()
    rule = ours()
    for _ in range(3):
        rule.step(theta, grad)
    assert_array_equal(grad, before)
    assert (theta != start).all()


@each_rule
def test_float32_stays_and_follows_float64(ours, theirs, rng):
    theta = rng.normal(size=20)
    theta32 = theta.astype(np.float32)
    rule, rule32 = ours(), ours()
    for _ in range(10):
        grad = rng.normal(size=20)
        rule.step(theta, grad)
        rule32.step(theta32, grad.astype(np.float32))
    assert theta32.dtype == np.float32
    assert_allclose(theta32, theta, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("make", [
    lambda: SGD(np.float64(0.1)), lambda: Momentum(0.1, np.float64(0.9)),
    lambda: Nesterov(0.1, np.float64(0.9)),
    lambda: AdaGrad(np.float64(0.1), np.float64(1e-8)),
    lambda: RMSProp(0.1, np.float64(0.9)),
    lambda: AdaDelta(np.float64(1), np.float64(0.9)),
    lambda: Adam(0.1, epsilon=np.float64(1e-8))])
def test_what_a_rule_remembers_keeps_the_dtype_of_theta(make):
    rule, theta = make(), np.ones(3, dtype=np.float32)
    rule.step(theta, np.ones(3, dtype=np.float32))
    kept = [v for v in vars(rule).values() if isinstance(v, np.ndarray)]
    assert kept and all(v.dtype == np.float32 for v in kept)


def test_steps_on_paper():
    theta = np.array([1.0])
    SGD(0.5).step(theta, np.array([4.0]))
    assert theta == -1
    rule, theta = Momentum(0.1, 0.5), np.array([0.0])
    for velocity_sum in (2, 5):     # v = 2, then 0.5 * 2 + 2 = 3
        rule.step(theta, np.array([2.0]))
        assert_allclose(theta, -0.1 * velocity_sum)


def test_nesterov_on_paper():
    # v = 2, step 2 + 0.5 * 2; then v = 3, step 2 + 0.5 * 3
    rule, theta = Nesterov(0.1, 0.5), np.array([0.0])
    for steps in (3.0, 6.5):
        rule.step(theta, np.array([2.0]))
        assert_allclose(theta, -0.1 * steps)


def test_the_steps_of_adagrad_shrink_as_one_over_the_root_of_their_number():
    rule, theta = AdaGrad(0.1), np.zeros(2)
    for t in range(1, 5):
        before = theta.copy()
        rule.step(theta, np.array([3.0, -0.002]))
        assert_allclose(theta - before, [-0.1 / t**0.5, 0.1 / t**0.5])


def test_the_first_step_of_rmsprop_is_longer_than_alpha():
    theta = np.zeros(2)
    RMSProp(0.01, 0.99).step(theta, np.array([3.0, -0.002]))
    assert_allclose(theta, [-0.1, 0.1], rtol=1e-4)     # 0.01 / sqrt(1 - 0.99)


def test_adadelta_has_the_units_of_theta():
    # With gradients 1000 times as large (and epsilon to match) the same walk.
    theta, other = np.zeros((2, 1))
    rule, scaled = AdaDelta(1.0, 0.9, 1e-12), AdaDelta(1.0, 0.9, 1e-12)
    for t in range(50):
        rule.step(theta, np.array([1.0 + t % 3]))
        scaled.step(other, np.array([1000.0 * (1 + t % 3)]))
    assert_allclose(other, theta, rtol=1e-6)


@pytest.mark.parametrize("make", [AdaGrad, RMSProp, AdaDelta, Adam])
@pytest.mark.parametrize("epsilon", [0, -1e-8, np.nan])
def test_epsilon_is_above_0(make, epsilon):
    with pytest.raises(ValueError, match="epsilon must be a finite number"):
        make(0.1, epsilon=epsilon)


def test_the_first_step_of_adam_has_the_length_alpha():
    theta = np.zeros(3)
    Adam(0.01).step(theta, np.array([1e-3, -5.0, 2e4]))
    assert_allclose(theta, [-0.01, 0.01, -0.01], rtol=2e-5)


@each_rule
def test_two_rules_share_nothing(ours, theirs):
    first, second = ours(), ours()
    theta, other = np.zeros(3), np.zeros(3)
    first.step(theta, np.ones(3))
    first.step(theta, np.ones(3))
    second.step(other, np.ones(3))
    fresh = np.zeros(3)
    ours().step(fresh, np.ones(3))
    assert_array_equal(other, fresh)


@each_rule
@pytest.mark.parametrize("theta, grad", [
    ((3,), (4,)), ((3,), (1,)), ((2, 2), (2, 2)), ((3,), ()), ((), ())])
def test_vectors_that_do_not_fit_are_refused(ours, theirs, theta, grad):
    with pytest.raises(ValueError, match="two flat vectors of one length"):
        ours().step(np.zeros(theta), np.zeros(grad))


@each_rule
@pytest.mark.parametrize("other", [np.zeros(4),
                                   np.zeros(3, dtype=np.float32)])
def test_another_theta_needs_another_rule(ours, theirs, other):
    rule = ours()
    rule.step(np.zeros(3), np.ones(3))
    with pytest.raises(ValueError, match="Make a new one"):
        rule.step(other, np.ones_like(other))


@pytest.mark.parametrize("rule", [SGD, Momentum, Nesterov, AdaGrad,
                                  RMSProp, AdaDelta, Adam])
@pytest.mark.parametrize("alpha", [0, -0.1, np.nan, np.inf])
def test_a_learning_rate_is_above_0(rule, alpha):
    with pytest.raises(ValueError, match=f"above 0; got {alpha}"):
        rule(alpha)


@pytest.mark.parametrize("make, name", [
    (lambda beta: Momentum(0.1, beta), "beta"),
    (lambda beta: Nesterov(0.1, beta), "beta"),
    (lambda beta: RMSProp(0.1, beta), "beta"),
    (lambda beta: AdaDelta(1.0, beta), "beta"),
    (lambda beta: Adam(beta1=beta), "beta1"),
    (lambda beta: Adam(beta2=beta), "beta2")])
@pytest.mark.parametrize("beta", [-0.1, 1, np.nan])
def test_a_decay_lies_below_1(make, name, beta):
    with pytest.raises(ValueError, match=f"{name} must lie in .* got {beta}"):
        make(beta)
