import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib.optimizers import SGD, Adam, Momentum

# ours, the same in PyTorch
RULES = [
    (lambda: SGD(0.1), lambda p: torch.optim.SGD(p, lr=0.1)),
    (lambda: Momentum(0.1, 0.8),
     lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8)),
    (lambda: Momentum(0.1),
     lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
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


@pytest.mark.parametrize("rule", [SGD, Momentum, Adam])
@pytest.mark.parametrize("alpha", [0, -0.1, np.nan, np.inf])
def test_a_learning_rate_is_above_0(rule, alpha):
    with pytest.raises(ValueError, match=f"above 0; got {alpha}"):
        rule(alpha)


@pytest.mark.parametrize("make, name", [
    (lambda beta: Momentum(0.1, beta), "beta"),
    (lambda beta: Adam(beta1=beta), "beta1"),
    (lambda beta: Adam(beta2=beta), "beta2")])
@pytest.mark.parametrize("beta", [-0.1, 1, np.nan])
def test_a_decay_lies_below_1(make, name, beta):
    with pytest.raises(ValueError, match=f"{name} must lie in .* got {beta}"):
        make(beta)
