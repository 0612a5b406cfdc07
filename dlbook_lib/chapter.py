"""What a chapter says to its reader: show, agree, figure, exercise.

`show(softmax)` quotes the library's live source. `agree(naive=..., torch=...,
equation="eq-softmax")` asserts that independent ways give the same numbers
and leaves a record of it. `figure(fig, alt="...")` is how a figure is shown.
`exercise("2.1", answer, expect(0.25))` answers the reader.
"""

import functools
import inspect
import sys
import traceback

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from .comparison import arrays, difference
from .plot_summary import summary
from .plotting import png_image
from .quoting import source_without_docstring

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
    quantity = quantity or (equation or "").removeprefix("eq-")
    if not quantity:
        raise ValueError("agree needs equation='eq-...' or quantity='...'.")
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
    record(equation, quantity, "agree", list(ways), tolerance)


def record(equation, quantity, kind, ways, tolerance):
    """Display a check that passed, with its machine-readable record."""
    named = ", ".join(ways[:-1]) + " and " + ways[-1]
    about = ", ".join(filter(None, [equation, quantity]))
    emit({
        "text/plain": f"{about}: {named} agree to {tolerance:g}",
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


def exercise(name, answer, check):
    """Tell a reader: not tried yet, right, or what differs and where.

    check(answer) raises where the answer is wrong; see expect. An answer
    that is `...`, returns it, or raises NotImplementedError is not tried.
    """
    cell = sys._getframe(1).f_code.co_filename
    print(f"Exercise {name}: {verdict(answer, check, cell)}")


def verdict(answer, check, cell):
    """The words for an answer written in the file called cell."""
    if answer is ...:
        return "not tried yet."
    if inspect.isroutine(answer):
        answer = refuse_ellipsis(answer)
    try:
        told = check(answer)
    except NotImplementedError:
        return "not tried yet."
    except AssertionError as error:
        return f"not yet. {error}" if str(error) else "not yet."
    except Exception as error:
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == cell
        ]
        where = f" (line {lines[-1]} of this cell)" if lines else ""
        return f"not yet. {type(error).__name__}: {error}{where}"
    if told is not None:
        raise TypeError(
            f"check returned {told}; a check raises where an answer is wrong. "
            "Use expect(...) or assert."
        )
    return "right."


def refuse_ellipsis(function):
    """The function, raising NotImplementedError where it returns `...`."""
    @functools.wraps(function)
    def tried(*args, **kwargs):
        value = function(*args, **kwargs)
        if value is ...:
            raise NotImplementedError
        return value
    return tried


def expect(value, tolerance=1e-6):
    """A check that an answer is this number or array."""
    def check(answer):
        told = difference(answer, value, tolerance)
        assert not told, told
    return check
