"""Regularisers Omega(W), to be multiplied by lambda; never for biases."""
import numpy as np

from dlbook_lib.checks import floating


def l2(W):
    """Omega(W) = sum_ij W_ij^2.

    Shapes: any -> a number. Source: Larochelle, regularization; chapter 16,
    eq-l2. Differs: torch's weight_decay is 2 lambda.
    """
    W = floating(W)
    return np.vdot(W, W)


def l2_grad(W):
    """dOmega/dW = 2 W.

    Shapes: any -> the same. Source: Larochelle; chapter 16, eq-l2-grad.
    """
    return 2 * floating(W)


def l1(W):
    """Omega(W) = sum_ij |W_ij|.

    Shapes: any -> a number. Source: Larochelle; chapter 16, eq-l1.
    """
    return np.abs(floating(W)).sum()


def l1_grad(W):
    """dOmega/dW = sign(W), with 0 at the kink W = 0.

    Shapes: any -> the same. Source: Larochelle; chapter 16, eq-l1-grad.
    """
    return np.sign(floating(W))


def max_norm(W, c):
    """Each row w of W (one unit's weights) becomes w min(1, c / |w|).

    Shapes: (D_out, D_in) -> the same; no row is longer than c.
    Source: Srivastava et al. 2014; chapter 16, eq-max-norm.
    """
    W = floating(W)
    if W.ndim != 2 or not 0 < c < np.inf:
        raise ValueError("max_norm takes W of shape (D_out, D_in) and finite "
                         f"c > 0; got shape {W.shape} and c = {c}.")
    norms = np.sqrt((W * W).sum(axis=1, keepdims=True))
    return W * (float(c) / np.maximum(norms, float(c)))
