"""Activation functions g and their derivatives; softmax for the output.

Elementwise functions take a pre-activation of any shape and return the same
shape; every derivative takes the pre-activation as well. float32 in gives
float32 out, integers are taken as float64, and +-1000 overflows nowhere.
"""
from math import isfinite

import numpy as np

from dlbook_lib.checks import batch, floating


def step(a):
    """step(a) = 1 if a > 0, else 0.

    Shapes: any -> the same. Its slope is 0 wherever it has one, so there is
    no step_prime. Source: McCulloch and Pitts 1943; chapter 02, eq-step.
    """
    a = floating(a)
    return (a > 0).astype(a.dtype)


def sigmoid(a):
    """sigm(a) = 1 / (1 + exp(-a)).

    Shapes: any -> the same, in [0, 1].
    Source: Larochelle, activation functions; chapter 02, eq-sigmoid.
    """
    a = floating(a)
    # Only exp of something <= 0 is ever taken, so nothing overflows.
    e = np.exp(-np.abs(a))
    return np.where(a >= 0, 1, e) / (1 + e)


def sigmoid_prime(a):
    """sigm'(a) = sigm(a) (1 - sigm(a)), of the pre-activation a.

    Shapes: any -> the same, in [0, 1/4].
    Source: Larochelle, activation functions; chapter 02, eq-sigmoid-prime.
    """
    a = floating(a)
    # 1 - sigm(a), without losing the digits that 1 - 0.999... would lose.
    return sigmoid(a) * sigmoid(-a)


def tanh(a):
    """tanh(a) = (exp(a) - exp(-a)) / (exp(a) + exp(-a)).

    Shapes: any -> the same, in [-1, 1].
    Source: Larochelle, activation functions; chapter 02, eq-tanh.
    """
    return np.tanh(floating(a))


def tanh_prime(a):
    """tanh'(a) = 1 - tanh(a)^2, of the pre-activation a.

    Shapes: any -> the same, in [0, 1].
    Source: Larochelle, activation functions; chapter 02, eq-tanh-prime.
    """
    # 1 - tanh(a)^2 = 4 sigm'(2 a), which keeps its digits far out.
    return 4 * sigmoid_prime(2 * floating(a))


def relu(a):
    """relu(a) = max(0, a).

    Shapes: any -> the same, >= 0.
    Source: Larochelle, activation functions; chapter 02, eq-relu.
    """
    return np.maximum(floating(a), 0)


def relu_prime(a):
    """relu'(a) = 1 if a > 0, else 0; at a = 0 the convention is 0.

    Shapes: any -> the same. Takes the pre-activation, never relu(a).
    Source: Larochelle, activation functions; chapter 02, eq-relu-prime.
    """
    return step(a)


def leaky_relu(a, slope=0.01):
    """lrelu(a) = a if a > 0, else slope a.

    Shapes: any -> the same.
    Source: Maas et al. 2013; chapter 02, eq-leaky-relu.
    """
    a = floating(a)
    return np.where(a > 0, a, float(slope) * a)


def leaky_relu_prime(a, slope=0.01):
    """lrelu'(a) = 1 if a > 0, else slope.

    Shapes: any -> the same.
    Source: Maas et al. 2013; chapter 02, eq-leaky-relu-prime.
    """
    a = floating(a)
    return np.where(a > 0, 1, slope).astype(a.dtype)


def elu(a, alpha=1.0):
    """elu(a) = a if a > 0, else alpha (exp(a) - 1).

    Shapes: any -> the same, >= -alpha.
    Source: Clevert et al. 2016; chapter 02, eq-elu.
    """
    a = floating(a)
    # The branch that is not taken is computed too: keep it from overflowing.
    return np.where(a > 0, a, float(alpha) * np.expm1(np.minimum(a, 0)))


def elu_prime(a, alpha=1.0):
    """elu'(a) = 1 if a > 0, else alpha exp(a).

    Shapes: any -> the same.
    Source: Clevert et al. 2016; chapter 02, eq-elu-prime.
    """
    a = floating(a)
    return np.where(a > 0, 1, float(alpha) * np.exp(np.minimum(a, 0)))


def softplus(a):
    """softplus(a) = log(1 + exp(a)), a smooth ReLU.

    Shapes: any -> the same, >= 0.
    Source: Dugas et al. 2001; chapter 02, eq-softplus.
    """
    return np.logaddexp(0, floating(a))


def softplus_prime(a):
    """softplus'(a) = sigm(a).

    Shapes: any -> the same. Source: chapter 02, eq-softplus-prime.
    """
    return sigmoid(a)


def _row_maximum(A, name):
    A = batch(A, name)
    m = A.max(axis=1, keepdims=True)
    # One product is cheaper than a mask, and spoilt by any bad entry.
    if not isfinite(np.vdot(m, m)) and not np.isfinite(m).all():
        n = int(np.argmin(np.isfinite(m)))
        raise ValueError(f"{name} needs a finite largest entry in every row; "
                         f"row {n} has {m[n, 0]}. Look for NaN or overflow.")
    return A, m


def softmax(A):
    """o(a)_c = exp(a_c) / sum_c' exp(a_c'), for each row a of A.

    Shapes: (N, C) -> (N, C); every row is >= 0 and sums to 1.
    Source: Larochelle, output activation; chapter 04, eq-softmax.
    """
    # Subtracting the row's maximum changes nothing but keeps exp finite.
    A, m = _row_maximum(A, "softmax")
    E = np.exp(A - m)
    return E / E.sum(axis=1, keepdims=True)


def logsumexp(A):
    """log sum_c exp(a_c), for each row a of A.

    Shapes: (N, C) -> (N,). Source: chapter 04, eq-logsumexp.
    """
    A, m = _row_maximum(A, "logsumexp")
    return m[:, 0] + np.log(np.exp(A - m).sum(axis=1))


def log_softmax(A):
    """log o(a)_c = a_c - log sum_c' exp(a_c'), for each row a of A.

    Shapes: (N, C) -> (N, C), <= 0. Source: chapter 04, eq-log-softmax.
    """
    A, m = _row_maximum(A, "log_softmax")
    A = A - m
    return A - np.log(np.exp(A).sum(axis=1, keepdims=True))
