"""Losses: one number per row, never a hidden mean; and their gradients.

Two rows of the table of stable combinations take the pre-activation A of
the output layer, because only there log and exp can be kept from each other.
"""
import numpy as np

from dlbook_lib.activations import log_softmax, sigmoid, softmax
from dlbook_lib.checks import batch, class_labels, same_shape


def one_hot(y, C):
    """e(y)_c = 1 if c = y, else 0, for each label y.

    Shapes: (N,) integers in 0 .. C-1 -> (N, C), float64.
    Source: Larochelle, output gradient; chapter 07, eq-one-hot.
    """
    y = np.asarray(y)
    class_labels(y, len(y) if y.ndim else 1, C)
    return np.eye(C)[y]


def negative_log_likelihood(F, y):
    """l(f, y) = -log f_y, of probabilities f, for each row.

    Shapes: F (N, C), y (N,) integers -> (N,), infinite where f_y is 0.
    Source: Larochelle, loss function; chapter 07, eq-nll.
    """
    F, p = _probability_of_class(F, y)
    with np.errstate(divide="ignore"):
        return -np.log(p)


def negative_log_likelihood_grad(F, y):
    """dl/df_c = -1/f_y if c = y, else 0.

    Shapes: F (N, C), y (N,) -> (N, C), infinite where f_y is 0.
    Source: Larochelle, output gradient; chapter 07, eq-nll-grad.
    """
    F, p = _probability_of_class(F, y)
    grad = np.zeros_like(F)
    with np.errstate(divide="ignore"):
        grad[np.arange(len(F)), y] = -1 / p
    return grad


def _probability_of_class(F, y):
    F = batch(F, "negative_log_likelihood")
    class_labels(y, *F.shape)
    p = F[np.arange(len(F)), y]
    if not ((p >= 0) & (p <= 1 + 1e-6)).all():
        n = int(np.argmin((p >= 0) & (p <= 1 + 1e-6)))
        raise ValueError("negative_log_likelihood takes probabilities; row "
                         f"{n} gives its class {p[n]:.4g}. For scores use "
                         "softmax_cross_entropy.")
    return F, p


def squared_error(F, Y):
    """l(f, y) = 1/2 sum_d (f_d - y_d)^2, for each row.

    Shapes: F (N, D), Y (N, D) -> (N,).
    Source: chapter 07, eq-squared-error. Differs: torch's mse_loss has no
    1/2 and takes the mean over d as well.
    """
    F = batch(F, "squared_error")
    return 0.5 * ((F - same_shape(F, Y, "squared_error")) ** 2).sum(axis=1)


def squared_error_grad(F, Y):
    """dl/df = f - y.

    Shapes: F (N, D), Y (N, D) -> (N, D).
    Source: chapter 07, eq-squared-error-grad.
    """
    F = batch(F, "squared_error")
    return F - same_shape(F, Y, "squared_error")


def sigmoid_cross_entropy(A, Y):
    """l = -sum_d y_d log s_d + (1 - y_d) log(1 - s_d), s = sigm(a).

    Shapes: A (N, D) pre-activations, Y (N, D) in [0, 1] -> (N,).
    Computed as max(a, 0) - a y + log(1 + exp(-|a|)).
    Source: chapter 07, eq-sigmoid-cross-entropy.
    """
    A, Y = _probability_targets(A, Y)
    terms = np.maximum(A, 0) - A * Y + np.log1p(np.exp(-np.abs(A)))
    return terms.sum(axis=1)


def sigmoid_cross_entropy_grad(A, Y):
    """dl/da = sigm(a) - y.

    Shapes: A (N, D), Y (N, D) -> (N, D).
    Source: chapter 07, eq-sigmoid-cross-entropy-grad.
    """
    A, Y = _probability_targets(A, Y)
    return sigmoid(A) - Y


def _probability_targets(A, Y):
    A = batch(A, "sigmoid_cross_entropy")
    Y = same_shape(A, Y, "sigmoid_cross_entropy")
    if Y.size and not (Y.min() >= 0 and Y.max() <= 1):
        raise ValueError("sigmoid_cross_entropy takes targets in [0, 1]; got "
                         f"{Y.min():.4g} to {Y.max():.4g}.")
    return A, Y


def softmax_cross_entropy(A, y):
    """l(a, y) = -log softmax(a)_y, for each row a of pre-activations.

    Shapes: A (N, C), y (N,) integers -> (N,).
    Source: Larochelle, loss function; chapter 07, eq-softmax-cross-entropy.
    """
    log_f = log_softmax(A)
    return -log_f[np.arange(len(log_f)), class_labels(y, *log_f.shape)]


def softmax_cross_entropy_grad(A, y):
    """dl/da = softmax(a) - e(y): lower every class by its belief, raise y.

    Shapes: A (N, C), y (N,) integers -> (N, C).
    Source: Larochelle, output gradient; chapter 07,
    eq-softmax-cross-entropy-grad.
    """
    grad = softmax(A)
    grad[np.arange(len(grad)), class_labels(y, *grad.shape)] -= 1
    return grad
