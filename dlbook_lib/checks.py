"""What may enter the library: floats, batches of rows, class labels.

Every function here returns its argument ready for use, or raises an error
that says what was expected, what came, and what to do about it.
"""
from math import isfinite

import numpy as np

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def floating(a, name="the input"):
    """Floats stay as they are; integers and booleans become float64.

    Shapes: any -> the same. Errors: TypeError for anything else.
    """
    a = np.asarray(a)
    if a.dtype in FLOATS:
        return a
    if a.dtype.kind in "biu":
        return a.astype(np.float64)
    raise TypeError(
        f"{name} must be float32, float64 or integers; got {a.dtype}. "
        "Convert it with np.asarray(..., dtype=np.float64).")


def positive(number, name):
    """A plain number, finite and above 0: float64 scalars spread float64."""
    if not 0 < number < float("inf"):
        raise ValueError(f"{name} must be a finite number above 0; got "
                         f"{number}.")
    return number.item() if isinstance(number, np.generic) else number


def batch(A, name="the input", columns=None):
    """A batch of rows, one example a row: shape (N, columns).

    Errors: ValueError for one example, a stack, or the wrong width.
    """
    A = floating(A, name)
    wanted = "D" if columns is None else columns
    if A.ndim != 2 or (columns is not None and A.shape[1] != columns):
        hint = ("Did you pass one example? Use x[None, :]."
                if A.ndim == 1 else "Each row must be one example.")
        raise ValueError(f"{name} takes a batch of shape (N, {wanted}), one "
                         f"example per row; got {A.shape}. {hint}")
    return A


def finite(a, name="the input"):
    """The same array, none of whose entries is NaN or infinite."""
    # One product is far cheaper than a mask, and spoilt by any bad entry.
    if not isfinite(np.vdot(a, a)) and not np.isfinite(a).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(a))[0])
        raise ValueError(f"{name} has {a[where]} at index {where}. Clean the "
                         "data: NaN and infinity would spread silently.")
    return a


def class_labels(y, N, C, name="y"):
    """N integer labels in 0 .. C-1, shape (N,).

    Errors: TypeError for floats; ValueError for a wrong shape or range.
    """
    y = np.asarray(y)
    if y.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integer class labels; got "
                        f"{y.dtype}. Use y.astype(int) if they are whole.")
    if y.shape != (N,):
        raise ValueError(f"{name} must have shape ({N},), one label per row; "
                         f"got {y.shape}. Use y.ravel() for a column, "
                         "y.argmax(axis=1) for one-hot rows.")
    # Seen as unsigned a negative label is huge: one maximum tells both ends.
    if N and y.view(y.dtype.str.replace("i", "u")).max() >= C:
        raise ValueError(f"{name} must lie in 0 .. {C - 1} for {C} classes; "
                         f"got labels from {y.min()} to {y.max()}.")
    return y


def same_shape(A, Y, name):
    """Targets as floats of the predictions' dtype and exact shape."""
    Y = floating(Y, f"the targets of {name}")
    if Y.shape != A.shape:
        raise ValueError(f"{name} takes targets of the predictions' shape "
                         f"{A.shape}; got {Y.shape}.")
    return Y.astype(A.dtype, copy=False)
