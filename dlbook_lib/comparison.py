"""Where two answers differ: numbers, arrays, tensors, or several of them."""

import numpy as np


def arrays(value):
    """The arrays in a value: one, or several where shapes are unequal."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, list | tuple):
        pieces = [piece for item in value for piece in arrays(item)]
        same = len({piece.shape for piece in pieces}) == 1
        return [np.stack(pieces)] if same else pieces
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        slip = "call it" if callable(value) else "return a number"
        raise TypeError(
            "only numbers can be compared; got "
            f"{type(value).__name__}. Did you forget to {slip}?"
        )
    return [array]


def difference(value, reference, tolerance):
    """None, or a sentence on where value differs most from reference."""
    if not 0 <= tolerance < 1:
        raise ValueError(
            f"a tolerance is at least 0 and below 1; got {tolerance}."
        )
    value, reference = arrays(value), arrays(reference)
    shapes = [[array.shape for array in one] for one in (value, reference)]
    if shapes[0] != shapes[1]:
        got, wanted = (" and ".join(map(str, one)) for one in shapes)
        return f"the shape is {got}, not {wanted}"
    for piece, (ours, theirs) in enumerate(zip(value, reference)):
        error = relative_difference(ours, theirs)
        if error.size and error.max() > tolerance:
            index = np.unravel_index(error.argmax(), error.shape)
            at = f" at index {[int(i) for i in index]}" if index else ""
            part = f" of array {piece}" if len(value) > 1 else ""
            return (
                f"{float(ours[index]):.4g} is not {float(theirs[index]):.4g}"
                f"{at}{part}; off by {error[index]:.2g}, "
                f"{(error > tolerance).sum()} of {error.size} too far"
            )
    return None


def relative_difference(ours, theirs):
    """|a - b| / max(1, |b|); 0 for equal infinities, inf for any NaN."""
    a, b = ours.astype(float), theirs.astype(float)
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(a - b) / np.maximum(1, np.abs(b))
    return np.where(a == b, 0.0, np.where(np.isnan(error), np.inf, error))
