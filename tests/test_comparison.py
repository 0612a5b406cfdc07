"""Where two answers differ is told, and nothing that differs passes."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as drawn_arrays

from dlbook_lib.comparison import arrays, difference

FINITE = st.floats(-1e6, 1e6)
VECTORS = drawn_arrays(float, st.integers(1, 5), elements=FINITE)


@given(VECTORS)
def test_a_value_does_not_differ_from_itself(a):
    assert difference(a, a.copy(), 0) is None


@given(VECTORS, st.data())
def test_one_element_too_far_is_found_where_it_is(a, data):
    i = data.draw(st.integers(0, len(a) - 1))
    b = a.copy()
    b[i] += 2e-3 * max(1, abs(a[i]))
    assert f"at index [{i}]" in difference(b, a, 1e-3)


@given(VECTORS)
def test_the_tolerance_is_relative_to_the_reference_above_one(a):
    b = a + 0.9e-6 * np.maximum(1, np.abs(a))
    assert difference(b, a, 1e-6) is None
    assert difference(b, a, 0.8e-6)


def test_infinities_agree_only_with_themselves():
    inf = np.inf
    assert difference([inf, -inf], [inf, -inf], 1e-12) is None
    for wrong in (-inf, 1e300, 0.0):
        assert difference([wrong], [inf], 1e-12)
        assert difference([inf], [wrong], 1e-12)


def test_nan_differs_even_from_nan():
    assert "nan is not nan" in difference([np.nan], [np.nan], 1e-12)
    assert difference([np.nan], [1.0], 1e-12)


@pytest.mark.parametrize("value, shapes", [
    (1.0, [()]),
    ([1, 2], [(2,)]),
    ([np.float64(1), 2.0], [(2,)]),
    ([[1, 2], [3, 4]], [(2, 2)]),
    ([np.ones(3), np.ones(3)], [(2, 3)]),
    ((np.ones((2, 3)), np.ones(2)), [(2, 3), (2,)]),
    ((0.5, [[1, 2], [3, 4]]), [(), (2, 2)]),
    ([torch.ones(2, 3, requires_grad=True), torch.ones(2)], [(2, 3), (2,)]),
])
def test_a_value_is_one_array_or_several_of_unequal_shape(value, shapes):
    assert [array.shape for array in arrays(value)] == shapes


def test_shapes_must_be_equal_even_where_they_would_broadcast():
    told = difference(np.ones((3, 1)), np.ones(3), 1e-12)
    assert told == "the shape is (3, 1), not (3,)"


def test_the_array_of_several_is_named():
    told = difference((np.ones(2), 1.0), (np.ones(2), 3.0), 1e-12)
    assert "1 is not 3 of array 1" in told


def test_float32_is_not_float64():
    third = np.float64(1) / 3
    assert difference(np.float32(third), third, 1e-12)


@pytest.mark.parametrize("value, hint", [
    (len, "call it"), (None, "return"), ("a word", "got str"),
    (["a", "b"], "got str"),
])
def test_what_is_no_number_is_refused(value, hint):
    with pytest.raises(TypeError, match=hint):
        arrays(value)


def test_truth_values_compare_as_numbers():
    assert difference(np.array([True, False]), [1, 0], 0) is None
    assert "1 is not 0 at index [0]" in difference([True], [False], 0)


@pytest.mark.parametrize("tolerance", [np.nan, -1e-12, 1, np.inf])
def test_a_tolerance_that_lets_all_or_nothing_pass_is_refused(tolerance):
    with pytest.raises(ValueError, match="tolerance"):
        difference(1.0, 2.0, tolerance)
