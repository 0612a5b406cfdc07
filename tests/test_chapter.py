"""What a chapter says: quotations, checks, figures and verdicts."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from dlbook_lib import chapter
from dlbook_lib.chapter import (
    CHECK_MIME, agree, exercise, expect, figure, holds, show,
)
from dlbook_lib.plot_summary import span, summary


@pytest.fixture
def emitted(monkeypatch):
    """The outputs that a chapter would display."""
    outputs = []
    monkeypatch.setattr(
        chapter, "emit", lambda data, metadata=None:
        outputs.append((data, metadata)),
    )
    return outputs


def test_show_quotes_as_markdown_and_as_text(emitted):
    show(span, summary)
    (data, _), = emitted
    assert data["text/markdown"].startswith("```python\ndef span(values):\n")
    assert data["text/markdown"].endswith("```")
    assert "\n\n\ndef summary(fig):\n" in data["text/plain"]
    assert '"""' not in data["text/plain"]


def test_show_needs_something_to_show():
    with pytest.raises(ValueError, match="at least one"):
        show()


def test_agree_displays_a_verdict_and_its_record(emitted):
    a = np.array([0.25, 0.75])
    agree(naive=list(a), library=a, torch=torch.tensor(a),
          equation="eq-softmax", tolerance=1e-14)
    (data, _), = emitted
    assert data["text/plain"] == (
        "eq-softmax, softmax: naive, library and torch agree to 1e-14"
    )
    assert data[CHECK_MIME] == {
        "equation": "eq-softmax", "quantity": "softmax", "kind": "agree",
        "ways": ["naive", "library", "torch"], "tolerance": 1e-14,
    }


def test_holds_counts_the_cases_and_leaves_a_record(emitted):
    holds(np.array([[1, 2], [3, 4]]) <= 4, equation="eq-bound")
    holds(True, quantity="a fact")
    (many, _), (one, _) = emitted
    assert many["text/plain"] == "eq-bound, bound: holds in 4 cases"
    assert many[CHECK_MIME] == {
        "equation": "eq-bound", "quantity": "bound", "kind": "holds",
        "ways": ["cases"], "tolerance": 0.0,
    }
    assert one["text/plain"] == "a fact: holds"


def test_holds_says_where_it_does_not_and_records_nothing(emitted):
    with pytest.raises(AssertionError, match=r"2 of 4 cases.*\(0, 1\)"):
        holds([[True, False], [False, True]], equation="eq-bound")
    assert emitted == []


@pytest.mark.parametrize("cases", [[], 1.0, [0, 1], ["yes"]])
def test_holds_takes_truth_values_only(cases):
    with pytest.raises(ValueError, match="truth values"):
        holds(cases, quantity="a fact")


@pytest.mark.parametrize("wrong", ["naive", "library", "torch"])
def test_agree_fails_whichever_way_is_wrong_and_records_nothing(
    emitted, wrong
):
    ways = {name: np.zeros((2, 3)) for name in ("naive", "library", "torch")}
    ways[wrong][1, 2] = 1e-9
    with pytest.raises(AssertionError, match=r"index \[1, 2\].*tolerance"):
        agree(**ways, quantity="zero")
    assert emitted == []


def test_agree_names_the_ways_that_differ():
    with pytest.raises(AssertionError) as told:
        agree(naive=0.5, library=0.5, torch=0.25, quantity="half")
    assert str(told.value).startswith(
        "half: torch differs from naive: 0.25 is not 0.5; off by 0.25"
    )


@pytest.mark.parametrize("arguments, said", [
    ({"naive": 1.0, "quantity": "one"}, "two or more ways"),
    ({"naive": 1.0, "library": 1.0}, "needs equation"),
    ({"naive": [], "library": [], "quantity": "none"}, "no number"),
    ({"naive": 1.0, "library": 1.0, "quantity": "one", "tolerance": np.nan},
     "tolerance"),
    ({"naive": 1.0, "library": 2.0, "quantity": "one", "tolerance": 1},
     "tolerance"),
])
def test_a_check_that_cannot_fail_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        agree(**arguments)


def test_a_figure_carries_picture_words_and_alt_text(emitted):
    fig, axes = plt.subplots(figsize=(4, 3))
    axes.plot([0, 1], [2, 3])
    figure(fig, alt="A line that rises from two to three.")
    (data, metadata), = emitted
    assert data["text/plain"] == (
        "A line that rises from two to three.\n"
        "axes\n  line: 2 points, x 0 to 1, y 2 to 3, weighed -0.4492"
    )
    assert metadata["image/png"] == {
        "alt": "A line that rises from two to three.",
        "width": 384, "height": 288,
    }
    assert not plt.fignum_exists(fig.number)


@pytest.mark.parametrize("alt", ["", "A plot.", "no full stop here at all"])
def test_a_figure_without_a_sentence_is_refused(alt):
    with pytest.raises(ValueError, match="alt says in a sentence"):
        figure(None, alt=alt)


def verdict_on(capsys, answer, check):
    exercise("2.1", answer, check)
    return capsys.readouterr().out.removeprefix("Exercise 2.1: ")


def ellipsis_inside(x):
    return ...


def not_implemented(x):
    raise NotImplementedError


def at_two(f):
    expect(4.0)(f(2))


@pytest.mark.parametrize("answer", [..., ellipsis_inside, not_implemented])
def test_an_answer_that_was_not_tried(capsys, answer):
    assert verdict_on(capsys, answer, at_two) == "not tried yet.\n"


def test_a_class_may_be_the_answer(capsys):
    class Untouched:
        def __call__(self, x):
            raise NotImplementedError

    class Square:
        def __call__(self, x):
            return x * x

    def check(kind):
        at_two(kind())

    assert verdict_on(capsys, Untouched, check) == "not tried yet.\n"
    assert verdict_on(capsys, Square, check) == "right.\n"


@pytest.mark.parametrize("answer", [4, 4.0000001, np.float32(4)])
def test_a_right_answer(capsys, answer):
    assert verdict_on(capsys, answer, expect(4.0)) == "right.\n"


def test_a_wrong_answer_is_told_where_it_differs(capsys):
    told = verdict_on(capsys, [1, 2, 5], expect([1, 2, 3]))
    assert told.startswith("not yet. 5 is not 3 at index [2]")
    told = verdict_on(capsys, [1, 2], expect([1, 2, 3]))
    assert told == "not yet. the shape is (2,), not (3,)\n"


def test_an_exception_in_the_answer_is_told_with_its_line(capsys):
    def broken(x):
        return x / 0
    line = broken.__code__.co_firstlineno + 1
    assert verdict_on(capsys, broken, at_two) == (
        "not yet. ZeroDivisionError: division by zero "
        f"(line {line} of this cell)\n"
    )


def test_an_answer_that_returns_nothing_is_told(capsys):
    told = verdict_on(capsys, lambda x: None, at_two)
    assert "Did you forget to return" in told


def test_a_check_without_words_still_says_not_yet(capsys):
    def check(answer):
        assert answer == 5
    assert verdict_on(capsys, 4, check).startswith("not yet.")


def test_a_check_that_returns_a_verdict_instead_of_raising_is_refused():
    with pytest.raises(TypeError, match="raises where an answer is wrong"):
        exercise("2.1", 3, lambda answer: answer == 4)


def test_an_interrupt_is_not_a_wrong_answer():
    def interrupted(x):
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        exercise("2.1", interrupted, at_two)


def test_without_a_notebook_an_output_is_printed(capsys):
    agree(naive=1, library=1, quantity="one")
    assert capsys.readouterr().out == (
        "one: naive and library agree to 1e-12\n"
    )


@pytest.mark.parametrize("told", [False, True, np.False_, np.True_, 1])
def test_a_check_that_tells_instead_of_raising_is_refused(told):
    with pytest.raises(TypeError, match="a check raises"):
        exercise("9.9", 1, lambda answer: told)
