import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib.gradcheck import check_gradient
from dlbook_lib.regularizers import l1, l1_grad, l2, l2_grad, max_norm
from dlbook_lib.torch_twin import torch_value_and_gradients

PAIRS = [(l2, l2_grad), (l1, l1_grad)]
IN_TORCH = {l2: lambda W: W.square().sum(), l1: lambda W: W.abs().sum()}
weights = arrays(np.float64, (3, 4), elements=st.floats(-1e3, 1e3))


@pytest.mark.parametrize("omega, grad", PAIRS)
def test_the_gradient_is_that_of_the_regularizer(omega, grad, rng):
    check_gradient(omega, grad, rng.normal(size=(3, 4)))


@pytest.mark.parametrize("omega, grad", PAIRS)
def test_value_and_gradient_are_those_of_pytorch(omega, grad, rng):
    W = rng.normal(size=(3, 4))
    W[0, 0] = 0
    value, (gradient,) = torch_value_and_gradients(IN_TORCH[omega], W)
    assert_allclose(omega(W), value, rtol=1e-14)
    assert_allclose(grad(W), gradient, rtol=1e-14)


@pytest.mark.parametrize("omega, grad", PAIRS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays(omega, grad, dtype, rng):
    W = rng.normal(size=(3, 4)).astype(dtype)
    assert omega(W).dtype == grad(W).dtype == max_norm(W, 1).dtype == dtype


def test_on_paper():
    W = [[3, -4], [0, 1]]
    assert (l2(W), l1(W)) == (26, 8)
    assert_array_equal(l2_grad(W), [[6, -8], [0, 2]])
    assert_array_equal(l1_grad(W), [[1, -1], [0, 1]])
    assert_array_equal(max_norm(W, 2.5), [[1.5, -2], [0, 1]])


def test_the_layout_of_the_weights_does_not_matter(rng):
    W = np.asfortranarray(rng.normal(size=(3, 4)))
    assert_allclose(l2(W), (W ** 2).sum(), rtol=1e-14)


def test_weight_decay_of_pytorch_is_two_lambda(rng):
    W, lambda_, alpha = rng.normal(size=(3, 4)), 0.3, 0.1
    theirs = torch.tensor(W, requires_grad=True)
    theirs.grad = torch.zeros_like(theirs)
    torch.optim.SGD([theirs], lr=alpha, weight_decay=2 * lambda_).step()
    assert_allclose(W - alpha * lambda_ * l2_grad(W), theirs.detach().numpy(),
                    rtol=1e-14)


@given(weights, st.floats(0.1, 100))
def test_no_row_is_longer_than_max_norm_and_short_rows_stay(W, c):
    result = max_norm(W, c)
    norms = np.linalg.norm(W, axis=1)
    assert (np.linalg.norm(result, axis=1) <= c * (1 + 1e-12)).all()
    assert_array_equal(result[norms < c], W[norms < c])


@given(weights, st.floats(0.1, 100))
def test_max_norm_keeps_the_direction_of_a_row(W, c):
    norms = np.linalg.norm(W, axis=1, keepdims=True)
    assert_allclose(max_norm(W, c) * norms, W * np.minimum(norms, c),
                    rtol=1e-10, atol=1e-250)


def test_a_row_of_zeros_stays(rng):
    assert_array_equal(max_norm(np.zeros((2, 3)), 1), np.zeros((2, 3)))


def test_a_numpy_c_does_not_promote_float32():
    W = np.ones((2, 2), dtype=np.float32)
    assert max_norm(W, np.float64(1)).dtype == np.float32


@pytest.mark.parametrize("W, c", [
    (np.ones(3), 1), (np.ones((2, 2)), 0), (np.ones((2, 2)), -1),
    (np.ones((2, 2)), np.nan), (np.ones((2, 2)), np.inf)])
def test_max_norm_refuses_what_it_cannot_mean(W, c):
    with pytest.raises(ValueError, match="max_norm takes W of shape"):
        max_norm(W, c)
