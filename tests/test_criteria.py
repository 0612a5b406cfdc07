"""What is special to the boxes on top; test_layers holds what all share."""
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib import losses
from dlbook_lib.criteria import (
    L1Penalty,
    L2Penalty,
    Mean,
    NegativeLogLikelihood,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    SquaredError,
)
from dlbook_lib.flowgraph import Input, Leaf, bprop, fprop
from dlbook_lib.layers import Softmax

LABELS = np.array([3, 0, 1, 1, 2])
SHARES = np.linspace(0, 1, 20).reshape(5, 4)
OF_LOSSES = [
    (SoftmaxCrossEntropy, losses.softmax_cross_entropy, LABELS),
    (SigmoidCrossEntropy, losses.sigmoid_cross_entropy, SHARES),
    (SquaredError, losses.squared_error, SHARES),
]


@pytest.mark.parametrize("box, loss, target", OF_LOSSES)
def test_the_box_computes_the_loss_of_every_row(box, loss, target, rng):
    A = rng.normal(size=(5, 4))
    value = fprop(box(Leaf(A), Input(target)))
    assert value.shape == (5,)
    assert_allclose(value, loss(A, target), rtol=1e-14)


def test_the_fused_box_is_softmax_and_then_its_log_likelihood(rng):
    A, y = rng.normal(size=(5, 4)), Input(LABELS)
    fused, apart = Leaf(A), Leaf(A)
    roots = [Mean(SoftmaxCrossEntropy(fused, y)),
             Mean(NegativeLogLikelihood(Softmax(apart), y))]
    risks = [fprop(root) for root in roots]
    for root in roots:
        bprop(root)
    assert_allclose(risks[0], risks[1], rtol=1e-14)
    assert_allclose(fused.grad, apart.grad, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_fused_boxes_are_exact_at_1000(dtype):
    A = np.array([[-1000, 1000], [1000, -1000]], dtype=dtype)
    for box, target, value, grad in [
            (SoftmaxCrossEntropy, [0, 0], [2000, 0], [[-1, 1], [0, 0]]),
            (SigmoidCrossEntropy, [[1, 1], [1, 1]], [1000, 1000],
             [[-1, 0], [0, -1]])]:
        a = Leaf(A)
        root = box(a, Input(np.array(target)))
        with np.errstate(over="raise", invalid="raise"):
            assert_array_equal(fprop(root), value)
            bprop(root, np.ones(2, dtype=dtype))
        assert_array_equal(a.grad, grad)
        assert root.value.dtype == a.grad.dtype == dtype


def test_the_gradient_of_the_fused_box_sums_to_0_in_every_row(rng):
    a = Leaf(rng.normal(size=(5, 4)))
    root = SoftmaxCrossEntropy(a, Input(LABELS))
    fprop(root)
    bprop(root, rng.normal(size=5))
    assert_allclose(a.grad.sum(axis=1), 0, atol=1e-15)


@pytest.mark.parametrize("box, loss, target", OF_LOSSES)
def test_a_parameter_is_no_target(box, loss, target, rng):
    with pytest.raises(ValueError, match="make the target an Input"):
        box(Leaf(rng.normal(size=(5, 4))), Leaf(target))


@pytest.mark.parametrize("box", [SoftmaxCrossEntropy, NegativeLogLikelihood])
@pytest.mark.parametrize("labels, error, told", [
    (LABELS + 0.0, TypeError, r"astype\(int\)"),
    (LABELS - 1, ValueError, "labels from -1 to 2"),
    (LABELS + 1, ValueError, r"lie in 0 \.\. 3"),
    (LABELS[:, None], ValueError, r"got \(5, 1\)"),
    (LABELS[:4], ValueError, r"shape \(5,\)"),
    (np.eye(4, dtype=int)[LABELS], ValueError, r"argmax\(axis=1\)"),
])
def test_labels_that_are_none_are_refused(box, labels, error, told):
    root = box(Leaf(np.full((5, 4), 0.25)), Input(labels))
    with pytest.raises(error, match=told):
        fprop(root)


def test_the_mean_carries_the_only_1_over_n():
    losses_ = Leaf([1.0, 2.0, 6.0, 3.0])
    root = Mean(losses_)
    assert fprop(root) == 3
    bprop(root)
    assert_array_equal(losses_.grad, [0.25] * 4)


@pytest.mark.parametrize("shape", [(), (0,), (4, 1), (2, 2)])
def test_the_mean_is_of_one_loss_a_row(shape):
    with pytest.raises(ValueError, match="one loss per row"):
        fprop(Mean(Leaf(np.zeros(shape))))


@pytest.mark.parametrize("box, value, grad", [
    (L2Penalty, 1 + 0.5 * (9 + 4), [[-3.0, 2.0]]),
    (L1Penalty, 1 + 0.5 * (3 + 2), [[-0.5, 0.5]]),
])
def test_a_penalty_on_paper(box, value, grad):
    risk, W = Leaf(1.0), Leaf([[-3.0, 2.0]])
    root = box(risk, W, lambda_=0.5)
    assert fprop(root) == value
    bprop(root)
    assert_array_equal(W.grad, grad)
    assert risk.grad == 1


@pytest.mark.parametrize("lambda_", [-0.1, np.nan])
def test_a_negative_lambda_is_refused(lambda_):
    with pytest.raises(ValueError, match="lambda_ must be 0 or more"):
        L2Penalty(Leaf(0.0), Leaf([1.0]), lambda_=lambda_)


def test_a_numpy_lambda_does_not_promote_float32():
    risk, W = Leaf(np.float32(1)), Leaf(np.ones((2, 2), dtype=np.float32))
    root = L2Penalty(risk, W, lambda_=np.float64(0.1))
    assert fprop(root).dtype == np.float32
    bprop(root)
    assert W.grad.dtype == np.float32


def test_the_penalty_for_prediction_keeps_its_lambda():
    risk, W = Leaf(1.0), Leaf([2.0])
    assert L2Penalty(risk, W, lambda_=0.5).at_test(risk, W).lambda_ == 0.5
