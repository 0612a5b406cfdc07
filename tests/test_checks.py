import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from dlbook_lib.checks import (
    batch,
    class_labels,
    finite,
    floating,
    same_shape,
)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_pass_as_they_are(dtype):
    a = np.ones((2, 3), dtype=dtype)
    assert floating(a) is a
    assert batch(a) is a
    assert finite(a) is a


@pytest.mark.parametrize("a", [3, [1, 2], np.array([True, False]),
                               np.arange(3, dtype=np.uint8)])
def test_integers_and_booleans_become_float64(a):
    assert floating(a).dtype == np.float64
    assert_array_equal(floating(a), a)


@pytest.mark.parametrize("a", [np.float16(1), np.longdouble(1), 1j, "one",
                               None, np.array(["1"]), [object()]])
def test_anything_else_is_refused_with_a_remedy(a):
    with pytest.raises(TypeError, match="W must be .* dtype=np.float64"):
        floating(a, "W")


@pytest.mark.parametrize("shape, told", [
    ((3,), r"\(N, 3\).*got \(3,\).*x\[None, :\]"),
    ((2, 4), r"\(N, 3\).*got \(2, 4\)"),
    ((2, 3, 1), r"got \(2, 3, 1\)"),
    ((), r"got \(\)"),
])
def test_a_batch_has_rows_of_the_wanted_width(shape, told):
    with pytest.raises(ValueError, match="X takes a batch of .*" + told):
        batch(np.zeros(shape), "X", columns=3)


def test_without_a_wanted_width_any_will_do():
    assert batch(np.zeros((2, 7))).shape == (2, 7)
    with pytest.raises(ValueError, match=r"\(N, D\)"):
        batch(np.zeros(7))


numbers = arrays(np.float64, st.tuples(st.integers(0, 3), st.integers(0, 3)),
                 elements=st.floats(width=64))


@given(numbers)
def test_finite_refuses_exactly_what_is_not_finite(a):
    if np.isfinite(a).all():
        assert finite(a) is a
    else:
        with pytest.raises(ValueError, match="NaN and infinity"):
            finite(a)


def test_finite_tells_where_the_first_bad_entry_is():
    a = np.zeros((3, 4))
    a[1, 2] = a[2, 0] = np.nan
    with pytest.raises(ValueError, match=r"X has nan at index \(1, 2\)"):
        finite(a, "X")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_numbers_are_finite_though_their_squares_are_not(dtype):
    a = np.full((2, 2), np.finfo(dtype).max)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert finite(a) is a


def test_opposite_infinities_do_not_hide_each_other():
    with pytest.raises(ValueError, match="has inf at index"):
        finite(np.array([np.inf, -np.inf]))


@pytest.mark.parametrize("dtype", [">i8", "<i4", "u1", "i1", ">u2"])
def test_labels_of_any_integer_type_pass(dtype):
    y = np.array([0, 2, 1], dtype=dtype)
    assert class_labels(y, 3, 3) is y
    with pytest.raises(ValueError, match="labels from 0 to 2"):
        class_labels(y, 3, 2)


@pytest.mark.parametrize("dtype", [">i8", "<i4", "i1"])
def test_a_negative_label_of_any_integer_type_is_refused(dtype):
    with pytest.raises(ValueError, match="labels from -1 to 1"):
        class_labels(np.array([1, -1, 0], dtype=dtype), 3, 3)


def test_every_second_label_of_an_array_is_looked_at():
    assert_array_equal(class_labels(np.array([0, 9, 1, 9])[::2], 2, 2), [0, 1])


def test_labels_may_be_a_list():
    assert_array_equal(class_labels([0, 1], 2, 2), [0, 1])


def test_no_rows_need_no_labels():
    assert class_labels(np.zeros(0, dtype=int), 0, 3).shape == (0,)


def test_targets_take_the_dtype_of_the_predictions():
    A = np.zeros((2, 3), dtype=np.float32)
    assert same_shape(A, np.ones((2, 3)), "loss").dtype == np.float32
    with pytest.raises(ValueError, match=r"loss takes .*\(2, 3\); got \(3,\)"):
        same_shape(A, np.ones(3), "loss")
    with pytest.raises(TypeError, match="the targets of loss"):
        same_shape(A, np.full((2, 3), 1j), "loss")
