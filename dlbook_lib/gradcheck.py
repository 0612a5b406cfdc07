"""Finite differences against a claimed gradient, in float64.

The derivative of f at x is estimated by (f(x + e) - f(x - e)) / (2 e) along
one coordinate at a time; nothing of the claimed gradient enters.
"""
from dataclasses import dataclass

import numpy as np

from dlbook_lib.flowgraph import Leaf, Node, bprop, fprop, topological_order

FLOOR = 1e-3  # entries smaller than this are compared absolutely


def finite_difference(f, x, epsilon=1e-6):
    """d/dx_i sum f(x), about sum (f(x + e_i) - f(x - e_i)) / (2 e).

    For an elementwise f this is f' at every entry; for a loss per row, each
    row's gradient. e = epsilon max(1, |x_i|). Shapes: any -> the same.
    Source: Larochelle, gradient checking; chapter 09, eq-central-difference.
    """
    x = np.array(x)
    if x.dtype != np.float64:
        raise TypeError(f"finite_difference needs a float64 x; got {x.dtype}: "
                        "rounding would swamp the difference.")
    slope = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        here = x[i]
        x[i] = right = here + epsilon * max(1.0, abs(here))
        f_right = np.array(f(x), dtype=np.float64)
        x[i] = left = here - epsilon * max(1.0, abs(here))
        f_left = np.array(f(x), dtype=np.float64)
        # Differences before the sum: entries that did not move cancel exactly.
        slope[i] = (f_right - f_left).sum() / (right - left)
        x[i] = here
    return slope


def relative_error(claimed, estimated):
    """|c - e| / max(|c|, |e|, 0.001), entry by entry.

    Shapes: two equal ones -> the same. Source: chapter 09, eq-relative-error.
    """
    claimed, estimated = np.asarray(claimed), np.asarray(estimated)
    size = np.maximum(np.maximum(abs(claimed), abs(estimated)), FLOOR)
    return abs(claimed - estimated) / size


@dataclass(frozen=True)
class GradientCheck:
    """A gradient that passed; shows itself and its record in a notebook.

    Source: chapter 09.
    """

    quantity: str
    entries: int
    tolerance: float
    equation: str | None

    def __str__(self):
        about = f"{self.equation}, " if self.equation else ""
        return (f"{about}{self.quantity}: gradient = finite differences at "
                f"{self.entries} entries, relative error below "
                f"{self.tolerance:.0e}")

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self),
                "application/vnd.dlbook.check+json": {
                    "equation": self.equation, "quantity": self.quantity,
                    "kind": "finite differences",
                    "ways": ["library", "finite differences"],
                    "tolerance": self.tolerance}}


def check_gradient(f, grad=None, x=None, *, equation=None, quantity=None,
                   tolerance=1e-6):
    """Assert a gradient against finite differences; return the verdict.

    check_gradient(f, grad, x): grad(x) must be the derivative of sum f(x).
    check_gradient(box): bprop of every Leaf below the box, for one random
    gradient from above. Errors: AssertionError where they differ.
    Source: Larochelle, gradient checking; chapter 09, eq-gradient-check.
    """
    if not 0 <= tolerance < 1:
        raise ValueError("check_gradient takes a tolerance from 0 to below 1; "
                         f"got {tolerance}. 1e-6 is usual.")
    if isinstance(f, Node):
        name, pairs = type(f).__name__, _leaf_gradients(f)
    elif grad is None or x is None or np.size(x) == 0:
        raise ValueError("check_gradient takes a function, its gradient and a "
                         "point with at least one entry, or a box; write "
                         "check_gradient(sigmoid, sigmoid_prime, a).")
    else:
        x = np.asarray(x)
        name = getattr(f, "__name__", type(f).__name__)
        pairs = [("", grad(x), finite_difference(f, x))]
    quantity = quantity or (equation or name).removeprefix("eq-")
    for which, claimed, estimated in pairs:
        _compare(quantity + which, np.asarray(claimed), estimated, tolerance)
    entries = sum(estimated.size for _, _, estimated in pairs)
    return GradientCheck(quantity, entries, tolerance, equation)


def _leaf_gradients(root):
    leaves = [n for n in topological_order(root) if isinstance(n, Leaf)]
    fprop(root)
    G = np.random.default_rng(0).normal(size=np.shape(root.value))
    bprop(root, G)
    claimed = [np.zeros_like(leaf.value) if leaf.grad is None
               else leaf.grad.copy() for leaf in leaves]
    pairs = []
    for k, leaf in enumerate(leaves):
        start = leaf.value.copy()

        def value_at(x):
            leaf.value = x
            return fprop(root) * G

        try:
            estimated = finite_difference(value_at, start)
        finally:
            leaf.value = start
        pairs.append((f", Leaf {k}", claimed[k], estimated))
    fprop(root)
    return pairs


def _compare(quantity, claimed, estimated, tolerance):
    if claimed.shape != estimated.shape:
        raise AssertionError(f"{quantity}: the gradient has shape "
                             f"{claimed.shape}, its variable "
                             f"{estimated.shape}.")
    with np.errstate(invalid="ignore"):  # inf / inf is NaN: wrong as well
        wrong = ~(relative_error(claimed, estimated) <= tolerance)
    if wrong.any():
        i = tuple(int(k) for k in np.argwhere(wrong)[0])
        raise AssertionError(
            f"{quantity}: {wrong.sum()} of {wrong.size} entries differ; at "
            f"index {i} the gradient says {claimed[i]:.4g}, finite "
            f"differences say {estimated[i]:.4g}.")
