import inspect

import numpy as np
import pytest
from functions import BY_ROWS, FUNCTIONS, WITHOUT_PRIME, away_from_kinks
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib import activations
from dlbook_lib.activations import (
    elu,
    elu_prime,
    leaky_relu,
    leaky_relu_prime,
    log_softmax,
    logsumexp,
    sigmoid,
    sigmoid_prime,
    softmax,
    softplus,
    step,
    tanh,
)
from dlbook_lib.gradcheck import check_gradient
from dlbook_lib.torch_twin import torch_value, torch_value_and_gradients

FLOATS = [np.float32, np.float64]
PAIRS = [(one.f, one.prime) for one in FUNCTIONS]
ELEMENTWISE = [f for pair in PAIRS for f in pair] + WITHOUT_PRIME
scores = arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 5)),
                elements=st.floats(-500, 500))


@pytest.fixture(autouse=True)
def no_floating_point_error():
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        yield


def name_of(value):
    return getattr(value, "__name__", None)


def test_every_public_function_is_under_test():
    public = {f for name, f in inspect.getmembers(activations)
              if inspect.isfunction(f) and not name.startswith("_")
              and f.__module__ == activations.__name__}
    assert public == {*ELEMENTWISE, *BY_ROWS}


@pytest.mark.parametrize("f, prime", PAIRS, ids=name_of)
def test_the_derivative_is_that_of_the_function(f, prime, rng):
    check_gradient(f, prime, away_from_kinks(rng))


@pytest.mark.parametrize("f, prime", PAIRS, ids=name_of)
def test_value_and_derivative_are_those_of_pytorch(f, prime, rng):
    # The kink is included: both libraries keep the same convention there.
    a = np.append(away_from_kinks(rng), [0, -40, 40])
    value, (slope,) = torch_value_and_gradients(f, a)
    assert_allclose(f(a), value, rtol=1e-12, atol=1e-15)
    assert_allclose(prime(a), slope, rtol=1e-12, atol=1e-15)


def test_step_is_that_of_pytorch(rng):
    a = np.append(rng.normal(size=20), 0)
    assert_array_equal(step(a), torch_value(step, a))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("one", FUNCTIONS, ids=lambda one: one.f.__name__)
def test_the_limits_at_1000_are_reached_without_overflow(one, dtype):
    far = np.array([-1000, 1000], dtype=dtype)
    assert_allclose(one.f(far), one.ends, rtol=1e-6)
    assert_allclose(one.prime(far), one.slopes, rtol=1e-6)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("f", ELEMENTWISE, ids=name_of)
def test_shape_and_dtype_stay(f, dtype, rng):
    for shape in [(), (3,), (2, 3), (2, 3, 4), (0, 3)]:
        result = f(np.asarray(rng.normal(size=shape), dtype=dtype))
        assert result.shape == shape and result.dtype == dtype


@pytest.mark.parametrize("f", ELEMENTWISE, ids=name_of)
def test_float32_is_as_exact_as_float32_can_be(f, rng):
    a = away_from_kinks(rng, shape=200).astype(np.float32)
    # 1 - tanh(a)^2 near 1 - 1: two roundings of a 1 are left.
    assert_allclose(f(a), f(a.astype(np.float64)), rtol=1e-5,
                    atol=2 * np.finfo(np.float32).eps)


@pytest.mark.parametrize("f", ELEMENTWISE + BY_ROWS, ids=name_of)
def test_integers_and_lists_are_taken_as_float64(f):
    whole = [[-2, 0, 3], [1, 1, -1]]
    result = f(whole)
    assert result.dtype == np.float64
    assert_array_equal(result, f(np.array(whole)))
    assert_array_equal(result, f(np.array(whole, dtype=np.float64)))


@pytest.mark.parametrize("f", ELEMENTWISE + BY_ROWS, ids=name_of)
def test_the_argument_is_left_as_it_was(f, rng):
    a = rng.normal(size=(3, 4))
    before = a.copy()
    f(a)
    assert_array_equal(a, before)


@pytest.mark.parametrize("f", ELEMENTWISE + BY_ROWS, ids=name_of)
def test_what_is_no_number_is_refused(f):
    with pytest.raises(TypeError, match="must be float32, float64 or int"):
        f(np.array([[1j, 2]]))


@pytest.mark.parametrize("f", [leaky_relu, leaky_relu_prime, elu, elu_prime],
                         ids=name_of)
def test_a_numpy_number_as_parameter_does_not_promote_float32(f):
    a = np.array([-1, 1], dtype=np.float32)
    assert f(a, np.float64(0.1)).dtype == np.float32


def test_parameters_reach_value_and_derivative(rng):
    a = away_from_kinks(rng)
    assert_allclose(leaky_relu([-2.0, 2.0], 0.3), [-0.6, 2])
    assert_allclose(elu([-np.log(2), 2.0], 3), [-1.5, 2])
    check_gradient(lambda a: leaky_relu(a, 0.3),
                   lambda a: leaky_relu_prime(a, 0.3), a)
    check_gradient(lambda a: elu(a, 2.0), lambda a: elu_prime(a, 2.0), a)


def test_values_that_can_be_had_on_paper():
    assert_allclose(sigmoid(np.log(3)), 3 / 4)
    assert_allclose(sigmoid_prime(0), 1 / 4)
    assert_allclose(tanh(np.log(3) / 2), 1 / 2)
    assert_allclose(softplus(0), np.log(2))
    assert_array_equal(step([-1, 0, 1e-300]), [0, 0, 1])
    assert_allclose(softmax([[0, np.log(3)]]), [[1 / 4, 3 / 4]])


@given(st.floats(-700, 700))
def test_tanh_is_a_stretched_sigmoid(a):
    assert_allclose(tanh(a), 2 * sigmoid(2 * a) - 1, atol=1e-15)


@given(st.floats(-700, 700))
def test_softplus_minus_its_mirror_is_the_identity(a):
    assert_allclose(softplus(a) - softplus(-a), a, atol=1e-12)


@given(scores)
def test_the_rows_of_softmax_are_distributions(A):
    F = softmax(A)
    assert (F >= 0).all()
    assert_allclose(F.sum(axis=1), 1, rtol=1e-14)


@given(scores, st.floats(-1000, 1000))
def test_softmax_ignores_a_constant_added_to_a_row(A, c):
    assert_allclose(softmax(A + c), softmax(A), rtol=1e-9, atol=1e-300)


@given(scores, st.floats(-1000, 1000))
def test_logsumexp_moves_with_a_constant(A, c):
    assert_allclose(logsumexp(A + c), logsumexp(A) + c, atol=1e-11)


@given(scores)
def test_logsumexp_lies_within_log_c_above_the_maximum(A):
    above = logsumexp(A) - A.max(axis=1)
    assert (above >= 0).all()
    assert (above <= np.log(A.shape[1]) + 1e-12).all()


@given(scores)
def test_log_softmax_is_what_logsumexp_leaves(A):
    assert_allclose(log_softmax(A), A - logsumexp(A)[:, None], atol=1e-12)
    assert (log_softmax(A) <= 0).all()


@given(scores)
def test_softmax_is_exp_of_log_softmax(A):
    assert_allclose(softmax(A), np.exp(log_softmax(A)), rtol=1e-11,
                    atol=1e-300)


@pytest.mark.parametrize("f", BY_ROWS, ids=name_of)
def test_by_rows_the_value_is_that_of_pytorch(f, rng):
    A = 3 * rng.normal(size=(5, 4))
    assert_allclose(f(A), torch_value_and_gradients(f, A)[0], rtol=1e-12)


def test_the_gradient_of_logsumexp_is_softmax(rng):
    check_gradient(logsumexp, softmax, rng.normal(size=(5, 4)))


@pytest.mark.parametrize("dtype", FLOATS)
def test_by_rows_1000_is_exact(dtype):
    A = np.array([[-1000, 1000], [1000, 1000], [-1000, -1000]], dtype=dtype)
    half = np.log(2)
    for result, exact in [
            (softmax(A), [[0, 1], [0.5, 0.5], [0.5, 0.5]]),
            (log_softmax(A), [[-2000, 0], [-half, -half], [-half, -half]]),
            (logsumexp(A), [1000, 1000 + half, half - 1000])]:
        assert result.dtype == dtype
        assert_allclose(result, exact, rtol=1e-6)


def test_minus_infinity_is_a_class_that_cannot_be():
    A, half = np.array([[0.0, -np.inf, 0.0]]), np.log(2)
    assert_array_equal(softmax(A), [[0.5, 0, 0.5]])
    assert_array_equal(log_softmax(A), [[-half, -np.inf, -half]])
    assert_array_equal(logsumexp(A), [half])


@pytest.mark.parametrize("f", BY_ROWS, ids=name_of)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_by_rows_nan_and_infinity_are_refused_with_their_row(f, bad):
    with pytest.raises(ValueError, match=f"row 1 has {bad}"):
        f(np.array([[0.0, 0.0], [0.0, bad]]))


@pytest.mark.parametrize("f", BY_ROWS, ids=name_of)
def test_a_row_of_nothing_possible_is_refused(f):
    with pytest.raises(ValueError, match="row 0 has -inf"):
        f(np.array([[-np.inf, -np.inf]]))


@pytest.mark.parametrize("f", BY_ROWS, ids=name_of)
def test_by_rows_one_example_is_refused_with_the_remedy(f):
    with pytest.raises(ValueError, match=r"x\[None, :\]"):
        f(np.zeros(3))
