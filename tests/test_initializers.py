"""Bounds hold for every draw; variances hold within five standard errors of
a large one, with a fixed seed.
"""
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dlbook_lib.initializers import (
    constant,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    zeros,
)

D_out, D_in = SHAPE = (300, 500)
VARIANCES = [
    (glorot_uniform, 2 / (D_in + D_out)), (glorot_normal, 2 / (D_in + D_out)),
    (he_uniform, 2 / D_in), (he_normal, 2 / D_in)]
UNIFORM = [glorot_uniform, he_uniform]
DRAWN = [init for init, _ in VARIANCES]


@pytest.mark.parametrize("init, variance", VARIANCES)
def test_mean_and_variance_are_those_of_the_equation(init, variance, rng):
    W = init(SHAPE, rng)
    assert W.shape == SHAPE and W.dtype == np.float64
    assert abs(W.mean()) < 5 * np.sqrt(variance / W.size)
    # Var(w^2) is 4/5 of the variance squared if uniform, 2 if normal.
    error = np.sqrt((0.8 if init in UNIFORM else 2) / W.size)
    assert abs(W.var() / variance - 1) < 5 * error


@pytest.mark.parametrize("init, variance", VARIANCES[::2])
def test_uniform_weights_fill_their_interval_and_no_more(init, variance, rng):
    W, r = init(SHAPE, rng), np.sqrt(3 * variance)
    assert W.min() >= -r and W.max() <= r
    assert W.min() < -0.999 * r and W.max() > 0.999 * r


@pytest.mark.parametrize("init, variance", VARIANCES[1::2])
def test_normal_weights_have_normal_tails(init, variance, rng):
    W = init(SHAPE, rng)
    beyond = (np.abs(W) > 2 * np.sqrt(variance)).mean()
    assert abs(beyond - 0.0455) < 0.003


@pytest.mark.parametrize("init", DRAWN)
def test_the_same_rng_draws_the_same_weights(init):
    first, again, other = (
        init((3, 4), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert (first != other).all()


def test_zeros_and_constants(rng):
    before = rng.bit_generator.state
    assert_array_equal(zeros((3,), rng), [0, 0, 0])
    assert_array_equal(constant((1, 2), rng), [[0.5, 0.5]])
    assert_array_equal(constant((1, 2), rng, value=2), [[2, 2]])
    assert constant((1, 2), rng, value=2).dtype == np.float64
    assert rng.bit_generator.state == before


@pytest.mark.parametrize("init", DRAWN)
@pytest.mark.parametrize("shape", [(3,), (2, 3, 4), (0, 3), (3, 0)])
def test_a_shape_that_is_no_weight_matrix_is_refused(init, shape, rng):
    with pytest.raises(ValueError, match=r"shape \(D_out, D_in\)"):
        init(shape, rng)
