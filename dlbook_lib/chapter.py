"""What a chapter says to its reader: show, agree, figure, exercise.

`show(softmax)` quotes the library's live source. `agree(naive=..., torch=...,
equation="eq-softmax")` asserts that independent ways give the same numbers
and leaves a record of it; `holds(error <= bound, ...)` does so for a statement
that is true or not. `figure(fig, alt="...")` is how a figure is shown.
`exercise("2.1", answer, expect(0.25))` answers the reader.
"""

import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from .comparison import arrays, difference
from .exercises import exercise, expect
from .plot_summary import summary
from .plotting import png_image
from .quoting import source_without_docstring

__all__ = [  # what chapters import from here
    "agree", "exercise", "expect", "figure", "holds", "show",
]
CHECK_MIME = "application/vnd.dlbook.check+json"


def has_kernel():
    """Whether this code runs in a notebook's kernel."""
    return (
        InteractiveShell.initialized()
        and hasattr(InteractiveShell.instance(), "kernel")
    )


def emit(data, metadata=None):
    """Display one output in a notebook; print its text elsewhere."""
    if InteractiveShell.initialized():
        display(data, metadata=metadata, raw=True)
    else:
        print(data["text/plain"])


def show(*objects):
    """Quote the live source of library objects, without their docstrings."""
    if not objects:
        raise ValueError("show quotes at least one object; got none.")
    source = "\n\n".join(source_without_docstring(one) for one in objects)
    emit({
        "text/markdown": f"```python\n{source}```",
        "text/plain": source,
    })


def agree(equation=None, quantity=None, tolerance=1e-12, **ways):
    """Assert that all ways equal the first; display and record it.

    A way is a number, an array, a tensor, or a list or tuple of them. Two
    agree where |a - b| <= tolerance max(1, |b|) in every element.
    """
    if len(ways) < 2:
        raise ValueError(
            f"agree compares two or more ways; got {len(ways)}. "
            "Write agree(naive=..., library=...)."
        )
    quantity = quantity_of(equation, quantity)
    (first, reference), *others = ways.items()
    if sum(array.size for array in arrays(reference)) == 0:
        raise ValueError(f"{quantity}: {first} holds no number to compare.")
    for name, value in others:
        told = difference(value, reference, tolerance)
        if told:
            raise AssertionError(
                f"{quantity}: {name} differs from {first}: {told} "
                f"(tolerance {tolerance:g})."
            )
    named = ", ".join(list(ways)[:-1]) + " and " + list(ways)[-1]
    record(f"{named} agree to {tolerance:g}", equation, quantity, "agree",
           list(ways), tolerance)


def holds(cases, equation=None, quantity=None):
    """Assert that a statement is true in every case; display and record it.

    cases is a truth value or an array of them, such as error <= bound.
    """
    cases = np.asarray(cases)
    if cases.dtype != bool or cases.size == 0:
        raise ValueError(
            f"holds takes truth values, such as error <= bound; got "
            f"{cases.size} of {cases.dtype}."
        )
    quantity = quantity_of(equation, quantity)
    if not cases.all():
        where = tuple(int(i) for i in np.argwhere(~cases)[0])
        raise AssertionError(
            f"{quantity}: does not hold in {(~cases).sum()} of {cases.size} "
            f"cases, first at index {where}."
        )
    told = f"holds in {cases.size} cases" if cases.size > 1 else "holds"
    record(told, equation, quantity, "holds", ["cases"], 0.0)


def quantity_of(equation, quantity):
    """What a check is about, by its own name or its equation's."""
    quantity = quantity or (equation or "").removeprefix("eq-")
    if not quantity:
        raise ValueError("A check needs equation='eq-...' or quantity='...'.")
    return quantity


def record(told, equation, quantity, kind, ways, tolerance):
    """Display a check that passed, with its machine-readable record."""
    about = ", ".join(filter(None, [equation, quantity]))
    emit({
        "text/plain": f"{about}: {told}",
        CHECK_MIME: {
            "equation": equation, "quantity": quantity, "kind": kind,
            "ways": ways, "tolerance": tolerance,
        },
    })


def figure(fig, alt):
    """Show a figure as a small PNG, with its description in words."""
    check_alt(alt)
    text = f"{alt}\n{summary(fig)}"
    png, width, height = png_image(fig, dpi=144, colours=64)
    emit(
        {"image/png": png, "text/plain": text},
        {"image/png": {"alt": alt, "width": width, "height": height}},
    )


def check_alt(alt):
    """Refuse a description that is not at least a sentence."""
    if len(alt.split()) < 6 or not alt.rstrip().endswith("."):
        raise ValueError(
            "alt says in a sentence or two, ended by a full stop, what a "
            f"person sees and should conclude; got {alt!r}."
        )
