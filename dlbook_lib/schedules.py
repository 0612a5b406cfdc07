"""Learning-rate schedules: alpha_t = alpha_0 s_t, and s_t is said here.

A schedule is called after every epoch as schedule(t, error), with the number
of epochs done and the held-out error after the last of them (None if there
are no held-out rows), and returns the factor s_t of the epoch to come.
"""
import numpy as np

from dlbook_lib.checks import positive


def constant(t, error=None):
    """s_t = 1.

    Shapes: numbers only. Source: Larochelle, learning rate; chapter 17,
    eq-schedule.
    """
    return 1.0


def exponential_decay(gamma):
    """s_t = gamma^t.

    Shapes: numbers only. Same as torch's ExponentialLR.
    Source: chapter 17, eq-exponential-decay.
    """
    gamma = _below_1(gamma)
    return lambda t, error=None: gamma ** t


def inverse_time(delta):
    """s_t = 1 / (1 + delta t).

    Shapes: numbers only. Source: Larochelle, learning rate; Robbins and
    Monro 1951; chapter 17, eq-inverse-time.
    """
    delta = positive(delta, "delta")
    return lambda t, error=None: 1 / (1 + delta * t)


def step_decay(gamma, every):
    """s_t = gamma^floor(t / every).

    Shapes: numbers only. Same as torch's StepLR.
    Source: chapter 17, eq-step-decay.
    """
    gamma, every = _below_1(gamma), positive(every, "every")
    return lambda t, error=None: gamma ** (t // every)


class HalveOnPlateau:
    """s <- s / 2 after patience epochs without a new lowest error.

    Shapes: numbers only. After a halving the epochs are counted anew.
    Same as torch's ReduceLROnPlateau(factor=0.5, patience=patience - 1,
    threshold=0).
    Source: Larochelle, learning rate; chapter 17, eq-halve-on-plateau.
    """

    def __init__(self, patience=1):
        self.patience = positive(patience, "patience")
        self.s, self.lowest, self.waited = 1.0, np.inf, 0

    def __call__(self, t, error):
        if error is None or np.isnan(error):
            raise ValueError("HalveOnPlateau needs a held-out error after "
                             f"each epoch; got {error}. Give held_out rows.")
        self.waited = 0 if error < self.lowest else self.waited + 1
        self.lowest = min(self.lowest, error)
        if self.waited >= self.patience:
            self.s, self.waited = self.s / 2, 0
        return self.s


def _below_1(gamma):
    if not 0 < gamma < 1:
        raise ValueError(f"gamma must lie between 0 and 1; got {gamma}.")
    return float(gamma)
