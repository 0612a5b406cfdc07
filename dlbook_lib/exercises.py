"""Answers to readers: not tried yet, right, or what differs and where."""

import functools
import inspect
import sys
import traceback

from .comparison import difference


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
