import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib.activations import sigmoid, softmax
from dlbook_lib.gradcheck import check_gradient
from dlbook_lib.losses import (
    negative_log_likelihood,
    negative_log_likelihood_grad,
    one_hot,
    sigmoid_cross_entropy,
    sigmoid_cross_entropy_grad,
    softmax_cross_entropy,
    softmax_cross_entropy_grad,
    squared_error,
    squared_error_grad,
)
from dlbook_lib.torch_twin import torch_value_and_gradients

FLOATS = [np.float32, np.float64]
LABELS = np.array([3, 0, 1, 1, 2])
SHARES = np.linspace(0, 1, 20).reshape(5, 4)


def scores(rng):
    return 3 * rng.normal(size=(5, 4))


def probabilities(rng):
    return softmax(rng.normal(size=(5, 4)))


# loss, its gradient, what it takes, its target
LOSSES = [
    (negative_log_likelihood, negative_log_likelihood_grad, probabilities,
     LABELS),
    (squared_error, squared_error_grad, scores, SHARES),
    (sigmoid_cross_entropy, sigmoid_cross_entropy_grad, scores, SHARES),
    (softmax_cross_entropy, softmax_cross_entropy_grad, scores, LABELS),
]
OF_LABELS = [row for row in LOSSES if row[-1] is LABELS]
OF_SHARES = [row for row in LOSSES if row[-1] is SHARES]


def each(rows):
    return pytest.mark.parametrize(
        "loss, grad, draw, target", rows,
        ids=[row[0].__name__ for row in rows])


@each(LOSSES)
def test_the_gradient_is_that_of_the_loss(loss, grad, draw, target, rng):
    check_gradient(lambda A: loss(A, target), lambda A: grad(A, target),
                   draw(rng))


@each(LOSSES)
def test_value_and_gradient_are_those_of_pytorch(loss, grad, draw, target,
                                                 rng):
    A = draw(rng)
    value, gradients = torch_value_and_gradients(loss, A, target)
    assert loss(A, target).shape == (5,)
    assert_allclose(loss(A, target), value, rtol=1e-12)
    assert_allclose(grad(A, target), gradients[0], rtol=1e-12, atol=1e-15)


@each(LOSSES)
@pytest.mark.parametrize("dtype", FLOATS)
def test_the_dtype_stays(loss, grad, draw, target, dtype, rng):
    A = draw(rng).astype(dtype)
    for f in (loss, grad):
        assert f(A, target).dtype == dtype
        assert_allclose(f(A, target), f(A.astype(np.float64), target),
                        rtol=2e-5, atol=1e-6)


@each(LOSSES)
def test_the_arguments_are_left_as_they_were(loss, grad, draw, target, rng):
    A, kept = draw(rng), target.copy()
    before = A.copy()
    loss(A, target)
    grad(A, target)
    assert_array_equal(A, before)
    assert_array_equal(target, kept)


@each(LOSSES)
def test_integers_are_taken_as_float64(loss, grad, draw, target):
    A = np.ones((5, 4), dtype=int)
    for f in (loss, grad):
        assert f(A, target).dtype == np.float64
        assert_array_equal(f(A, target), f(A.astype(np.float64), target))


@pytest.mark.parametrize("dtype", FLOATS)
def test_softmax_cross_entropy_is_exact_at_1000(dtype):
    A = np.array([[-1000, 1000], [1000, -1000], [1000, 1000]], dtype=dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss = softmax_cross_entropy(A, [0, 0, 0])
        grad = softmax_cross_entropy_grad(A, [0, 0, 0])
    assert loss.dtype == grad.dtype == dtype
    assert_allclose(loss, [2000, 0, np.log(2)], rtol=1e-6)
    assert_array_equal(grad, [[-1, 1], [0, 0], [-0.5, 0.5]])


@pytest.mark.parametrize("dtype", FLOATS)
def test_sigmoid_cross_entropy_is_exact_at_1000(dtype):
    A = np.array([[-1000], [1000], [-1000], [1000], [1000]], dtype=dtype)
    Y = np.array([[1], [0], [0], [1], [0.25]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss = sigmoid_cross_entropy(A, Y)
        grad = sigmoid_cross_entropy_grad(A, Y)
    assert loss.dtype == grad.dtype == dtype
    assert_array_equal(loss, [1000, 1000, 0, 0, 750])
    assert_array_equal(grad, [[-1], [1], [0], [0], [0.75]])


def test_the_fused_losses_are_their_naive_formulas(rng):
    A = scores(rng)
    F, S = softmax(A), sigmoid(A)
    naive = [-np.log(F[n, y]) for n, y in enumerate(LABELS)]
    assert_allclose(softmax_cross_entropy(A, LABELS), naive, rtol=1e-12)
    naive = -(SHARES * np.log(S) + (1 - SHARES) * np.log(1 - S)).sum(axis=1)
    assert_allclose(sigmoid_cross_entropy(A, SHARES), naive, rtol=1e-12)


def test_losses_on_paper():
    thirds = np.array([[0.25, 0.75]])
    assert_allclose(negative_log_likelihood(thirds, [1]), np.log(4 / 3))
    assert_allclose(negative_log_likelihood_grad(thirds, [1]), [[0, -4 / 3]])
    assert_allclose(softmax_cross_entropy([[0, np.log(3)]], [0]), np.log(4))
    assert_allclose(squared_error([[3, 1]], [[1, 0]]), 2.5)
    assert_allclose(sigmoid_cross_entropy([[0, 0]], [[1, 0]]), 2 * np.log(2))
    assert_array_equal(one_hot([1, 0], 3), [[0, 1, 0], [1, 0, 0]])


def test_what_was_held_impossible_costs_infinitely_much():
    F = np.array([[0.0, 1.0]])
    assert_array_equal(negative_log_likelihood(F, [0]), [np.inf])
    assert_array_equal(negative_log_likelihood_grad(F, [0]), [[-np.inf, 0]])


batches = st.integers(1, 5).flatmap(lambda C: st.tuples(
    arrays(np.float64, (3, C), elements=st.floats(-500, 500)),
    arrays(np.int64, 3, elements=st.integers(0, C - 1))))


@given(batches)
def test_cross_entropy_is_never_negative(batch):
    assert (softmax_cross_entropy(*batch) >= 0).all()


@given(batches)
def test_the_gradient_of_cross_entropy_sums_to_0_in_every_row(batch):
    assert_allclose(softmax_cross_entropy_grad(*batch).sum(axis=1), 0,
                    atol=1e-15)


@given(batches, st.floats(-500, 500))
def test_cross_entropy_ignores_a_constant_added_to_a_row(batch, c):
    A, y = batch
    assert_allclose(softmax_cross_entropy(A + c, y),
                    softmax_cross_entropy(A, y), atol=1e-11)


@given(batches)
def test_cross_entropies_of_all_classes_average_to_log_c_or_more(batch):
    A, _ = batch
    C = A.shape[1]
    every = [softmax_cross_entropy(A, np.full(3, c)) for c in range(C)]
    assert (np.mean(every, axis=0) >= np.log(C) - 1e-12).all()


@given(arrays(np.float64, (3, 2), elements=st.floats(-700, 700)),
       arrays(np.float64, (3, 2), elements=st.floats(0, 1)))
def test_sigmoid_cross_entropy_has_a_mirror(A, Y):
    assert (sigmoid_cross_entropy(A, Y) >= 0).all()
    assert_allclose(sigmoid_cross_entropy(-A, 1 - Y),
                    sigmoid_cross_entropy(A, Y), rtol=1e-12, atol=1e-12)


BAD_LABELS = [
    (LABELS + 0.0, TypeError, r"got float64. Use y.astype\(int\)"),
    (LABELS == 1, TypeError, "got bool"),
    (LABELS - 1, ValueError, r"lie in 0 \.\. 3 for 4 classes; .* -1 to 2"),
    (LABELS + 1, ValueError, r"lie in 0 \.\. 3 for 4 classes; .* 1 to 4"),
    (LABELS[:, None], ValueError, r"shape \(5,\).*got \(5, 1\).*y.ravel\(\)"),
    (LABELS[:3], ValueError, r"shape \(5,\).*got \(3,\)"),
    (one_hot(LABELS, 4).astype(int), ValueError, r"y.argmax\(axis=1\)"),
]


@each(OF_LABELS)
@pytest.mark.parametrize("labels, error, told", BAD_LABELS)
def test_labels_that_are_none_are_refused(loss, grad, draw, target, labels,
                                          error, told, rng):
    for f in (loss, grad):
        with pytest.raises(error, match=told):
            f(draw(rng), labels)


@pytest.mark.parametrize("labels, error, told", [
    (np.array([0.0]), TypeError, "integer class labels"),
    (np.array([-1]), ValueError, "from -1 to -1"),
    (np.array([3]), ValueError, r"0 \.\. 2"),
    (np.array([[1]]), ValueError, r"y.ravel\(\)"),
    (np.array(1), ValueError, r"got \(\)"),
])
def test_one_hot_refuses_what_is_no_label(labels, error, told):
    with pytest.raises(error, match=told):
        one_hot(labels, 3)


@each(OF_SHARES)
def test_targets_of_another_shape_are_refused(loss, grad, draw, target, rng):
    for f in (loss, grad):
        with pytest.raises(ValueError, match=r"\(5, 4\); got \(5, 1\)"):
            f(draw(rng), target[:, :1])


@each(LOSSES)
def test_one_example_is_refused_with_the_remedy(loss, grad, draw, target,
                                                rng):
    for f in (loss, grad):
        with pytest.raises(ValueError, match=r"x\[None, :\]"):
            f(draw(rng)[0], target[0])


@pytest.mark.parametrize("target", [1.5, -0.5, np.nan])
def test_sigmoid_cross_entropy_takes_targets_from_0_to_1(target):
    for f in (sigmoid_cross_entropy, sigmoid_cross_entropy_grad):
        with pytest.raises(ValueError, match=r"targets in \[0, 1\]"):
            f(np.zeros((1, 2)), np.array([[0, target]]))


@pytest.mark.parametrize("score", [2.0, -0.1, np.nan])
def test_a_score_is_no_probability(score):
    for f in (negative_log_likelihood, negative_log_likelihood_grad):
        with pytest.raises(ValueError, match="row 1 .*softmax_cross_entropy"):
            f(np.array([[0.5, 0.5], [0.5, score]]), np.array([0, 1]))
