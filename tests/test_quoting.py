"""A quotation is the live source, without docstrings and nothing else."""

import ast
import json

import numpy as np
import pytest

from dlbook_lib import quoting
from dlbook_lib.activations import sigmoid
from dlbook_lib.flowgraph import Node
from dlbook_lib.quoting import docstring_spans, source_without_docstring


@pytest.mark.parametrize("thing", [sigmoid, Node, docstring_spans])
def test_only_the_docstrings_are_missing(thing):
    source = source_without_docstring(thing)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert ast.get_docstring(node) is None
    assert source.startswith(("def ", "class "))


def test_comments_stay():
    kept = source_without_docstring(sigmoid)
    assert "# " in kept


def test_the_blank_line_after_a_docstring_goes_with_it():
    lines = source_without_docstring(Node).splitlines()
    assert lines[0].startswith("class Node") and lines[1].strip()


def test_a_body_that_is_only_a_docstring_stays():
    assert list(docstring_spans('class A:\n    """Only this."""\n')) == []


def test_the_quoted_code_does_what_the_library_does():
    space = {}
    source = source_without_docstring(sigmoid)
    exec(source, {"np": np, "floating": np.asarray}, space)
    assert space["sigmoid"](2.0) == sigmoid(2.0)


def test_only_the_library_is_quoted():
    with pytest.raises(ValueError, match="quotes dlbook_lib.*json"):
        source_without_docstring(json.dumps)


@pytest.mark.parametrize("thing", [quoting, 3, "sigmoid", np.ones(2)])
def test_only_functions_and_classes_are_quoted(thing):
    with pytest.raises(TypeError, match="functions and classes"):
        source_without_docstring(thing)
