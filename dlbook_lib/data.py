"""Small data sets, splits, standardising, mini-batches.

X holds one example per row (float64), y integer class labels.
"""
import numpy as np
from sklearn import datasets

from dlbook_lib.checks import batch, finite


def load_digits():
    """The 1,797 handwritten digits of 8x8 pixels that scikit-learn ships.

    Returns X (1797, 64) in [0, 1] and y (1797,) in 0 .. 9.
    Source: Alpaydin and Kaynak 1998, UCI repository.
    """
    X, y = datasets.load_digits(return_X_y=True)
    return X / 16, y


def xor():
    """The four corners of the square; y is 1 where they differ.

    Returns X (4, 2), y (4,).
    """
    X = np.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
    return X, np.array([0, 1, 1, 0])


def two_moons(N, rng, noise=0.1):
    """Two half circles that reach into each other, with Gaussian noise.

    Returns X (N, 2), y (N,): the first half of the rows is class 0.
    """
    y = (np.arange(N) >= N // 2).astype(int)
    angle = rng.uniform(0, np.pi, size=N)
    X = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    X = np.where(y[:, None] == 1, [1.0, 0.5] - X, X)
    return X + rng.normal(0, noise, size=(N, 2)), y


def spirals(N, rng, C=2, turns=1.0, noise=0.02):
    """C spiral arms around the origin, each `turns` long, radius 0 to 1.

    Returns X (N, 2), y (N,) in 0 .. C-1.
    """
    y = np.arange(N) % C
    radius = rng.uniform(0.05, 1, size=N)
    angle = 2 * np.pi * (turns * radius + y / C)
    X = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return X + rng.normal(0, noise, size=(N, 2)), y


def split(X, y, fractions, rng):
    """Shuffle once, then cut: a list of pairs (X, y), one per fraction.

    The fractions are positive and sum to 1; no part may be empty.
    """
    fractions = np.asarray(fractions, dtype=float)
    if not (fractions > 0).all() or abs(fractions.sum() - 1) > 1e-9:
        raise ValueError("split takes positive fractions that sum to 1; got "
                         f"{fractions.tolist()}.")
    _same_length(X, y)
    ends = np.round(np.cumsum(fractions) * len(X)).astype(int)
    parts = np.split(rng.permutation(len(X)), ends[:-1])
    if min(map(len, parts)) == 0:
        raise ValueError(f"split of {len(X)} rows by {fractions.tolist()} "
                         "leaves a part empty. Use fewer or larger parts.")
    return [(X[rows], y[rows]) for rows in parts]


class Standardizer:
    """x -> (x - mean) / std by column, both taken from the training rows.

    Shapes: (N, D) -> (N, D). A column that never changes becomes 0.
    """

    def __init__(self, X):
        X = finite(batch(X, "Standardizer"), "Standardizer's X")
        self.mean, self.std = X.mean(axis=0), X.std(axis=0)
        self.std[np.ptp(X, axis=0) == 0] = 1

    def __call__(self, X):
        X = batch(X, "Standardizer", len(self.mean))
        return (X - self.mean) / self.std


def minibatches(X, y, size, rng):
    """One epoch: every row once, in a fresh order, `size` rows at a time.

    Yields pairs (X, y); the last pair may be smaller.
    """
    if size < 1:
        raise ValueError(f"minibatches takes a size of 1 or more; got {size}.")
    _same_length(X, y)
    order = rng.permutation(len(X))
    for start in range(0, len(X), size):
        rows = order[start:start + size]
        yield X[rows], y[rows]


def _same_length(X, y):
    if len(X) != len(y) or len(X) == 0:
        raise ValueError("X and y must have the same number of rows, at least "
                         f"one; got {len(X)} and {len(y)}.")
