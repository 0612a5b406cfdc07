import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from dlbook_lib.data import two_moons
from dlbook_lib.network import MLP
from dlbook_lib.optimizers import SGD
from dlbook_lib.schedules import (HalveOnPlateau, constant, exponential_decay,
                                  inverse_time, step_decay)
from dlbook_lib.training import train

TORCH = torch.optim.lr_scheduler


@pytest.mark.parametrize("ours, theirs", [
    (constant, lambda o: TORCH.ConstantLR(o, factor=1)),
    (exponential_decay(0.9), lambda o: TORCH.ExponentialLR(o, 0.9)),
    (step_decay(0.3, 4), lambda o: TORCH.StepLR(o, 4, 0.3)),
    (inverse_time(0.5), lambda o: TORCH.LambdaLR(o, lambda t: 2 / (2 + t))),
])
def test_thirty_epochs_are_those_of_pytorch(ours, theirs):
    rule = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.7)
    schedule = theirs(rule)
    for t in range(1, 31):
        rule.step()
        schedule.step()
        assert_allclose(0.7 * ours(t), rule.param_groups[0]["lr"])


@pytest.mark.parametrize("patience", [1, 2, 5])
def test_halving_is_that_of_pytorch(patience, rng):
    rule = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = TORCH.ReduceLROnPlateau(rule, factor=0.5, threshold=0,
                                     patience=patience - 1, eps=0)
    ours, seen = HalveOnPlateau(patience), set()
    for t, error in enumerate(rng.integers(0, 12, size=60) / 12, start=1):
        theirs.step(error)
        seen.add(ours(t, error))
        assert ours.s == rule.param_groups[0]["lr"]
    assert len(seen) > 3


def test_halving_on_paper():
    schedule = HalveOnPlateau(patience=2)
    told = [schedule(t, error) for t, error in enumerate(
        [0.5, 0.6, 0.4, 0.4, 0.5, 0.45, 0.41, 0.3], start=1)]
    assert told == [1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25]


def test_every_schedule_starts_at_the_full_rate_and_never_rises():
    for schedule in (constant, exponential_decay(0.5), inverse_time(2.0),
                     step_decay(0.1, 3)):
        assert schedule(0) == 1
        assert (np.diff([schedule(t) for t in range(20)]) <= 0).all()


def test_training_follows_its_schedule(rng):
    X, y = two_moons(40, rng)
    rates = []

    class Watched(SGD):
        def step(self, theta, grad):
            rates.append(self.alpha)
            super().step(theta, grad)

    train(MLP((2, 2), rng), X, y, Watched(0.8), 4, 20, rng,
          schedule=step_decay(0.5, 2))
    assert rates == [0.8] * 4 + [0.4] * 4


def test_halving_in_training_looks_at_the_held_out_error(rng):
    X, y = two_moons(40, rng)
    rule = SGD(1e-9)           # nothing is learned, so every epoch is a wait
    train(MLP((2, 2), rng), X, y, rule, 5, 20, rng, held_out=(X, y),
          schedule=HalveOnPlateau(patience=2))
    assert rule.alpha == 1e-9 / 4
    with pytest.raises(ValueError, match="Give held_out rows"):
        train(MLP((2, 2), rng), X, y, SGD(0.1), 1, 20, rng,
              schedule=HalveOnPlateau())


@pytest.mark.parametrize("make, told", [
    (lambda: exponential_decay(1.0), "gamma must lie between 0 and 1"),
    (lambda: exponential_decay(0), "gamma must lie between 0 and 1; got 0"),
    (lambda: step_decay(0.5, 0), "every must be a finite number above 0"),
    (lambda: step_decay(np.nan, 3), "gamma must lie .* got nan"),
    (lambda: inverse_time(-1), "delta must be .* above 0; got -1"),
    (lambda: HalveOnPlateau(0), "patience must be .* above 0; got 0"),
    (lambda: HalveOnPlateau()(1, np.nan), "got nan"),
])
def test_what_makes_no_schedule_is_refused(make, told):
    with pytest.raises(ValueError, match=told):
        make()
