"""Starting weights: (shape, rng) -> W with shape = (D_out, D_in), float64.

rng is a numpy.random.Generator, always given, never the global state.
"""
import numpy as np


def zeros(shape, rng):
    """W_ij = 0; right for biases, fatal for weights (chapter 15, eq-zeros).

    Shapes: () -> shape.
    """
    return np.zeros(shape)


def constant(shape, rng, value=0.5):
    """W_ij = value: every unit of a layer stays a copy of the others.

    Shapes: () -> shape. Source: Larochelle, initialization; chapter 15,
    eq-constant.
    """
    return np.full(shape, float(value))


def glorot_uniform(shape, rng):
    """W_ij ~ U(-r, r), r = sqrt(6 / (D_in + D_out)).

    Shapes: () -> (D_out, D_in).
    Source: Glorot and Bengio 2010; chapter 15, eq-glorot-uniform.
    """
    r = np.sqrt(6 / sum(_fans(shape)))
    return rng.uniform(-r, r, size=shape)


def glorot_normal(shape, rng):
    """W_ij ~ N(0, 2 / (D_in + D_out)).

    Shapes: () -> (D_out, D_in).
    Source: Glorot and Bengio 2010; chapter 15, eq-glorot-normal.
    """
    return rng.normal(0, np.sqrt(2 / sum(_fans(shape))), size=shape)


def he_uniform(shape, rng):
    """W_ij ~ U(-r, r), r = sqrt(6 / D_in).

    Shapes: () -> (D_out, D_in).
    Source: He et al. 2015; chapter 15, eq-he-uniform.
    """
    r = np.sqrt(6 / _fans(shape)[1])
    return rng.uniform(-r, r, size=shape)


def he_normal(shape, rng):
    """W_ij ~ N(0, 2 / D_in).

    Shapes: () -> (D_out, D_in).
    Source: He et al. 2015; chapter 15, eq-he-normal.
    """
    return rng.normal(0, np.sqrt(2 / _fans(shape)[1]), size=shape)


def _fans(shape):
    if len(shape) != 2 or min(shape) < 1:
        raise ValueError("An initializer of weights takes the shape (D_out, "
                         f"D_in), both at least 1; got {shape}.")
    return shape
