import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dlbook_lib.data import (
    Standardizer,
    load_digits,
    minibatches,
    spirals,
    split,
    two_moons,
    xor,
)

SEED = 0


def numbered(N):
    """Rows that tell their number, labels that tell their row."""
    return np.arange(N)[:, None] * np.ones((1, 2)), np.arange(N)


def test_the_digits_are_1797_rows_of_pixels_from_0_to_1():
    X, y = load_digits()
    assert X.shape == (1797, 64) and X.dtype == np.float64
    assert (X.min(), X.max()) == (0, 1)
    assert y.shape == (1797,) and y.dtype.kind == "i"
    assert_array_equal(np.unique(y), np.arange(10))


def test_xor_is_1_where_the_coordinates_differ():
    X, y = xor()
    assert sorted(map(tuple, X)) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert_array_equal(y, X[:, 0] != X[:, 1])


def test_moons_without_noise_are_two_half_circles(rng):
    X, y = two_moons(101, rng, noise=0)
    assert X.shape == (101, 2) and X.dtype == np.float64
    assert_array_equal(y, [0] * 50 + [1] * 51)
    upper, lower = X[y == 0], X[y == 1] - [1, 0.5]
    assert_allclose(np.linalg.norm(upper, axis=1), 1)
    assert_allclose(np.linalg.norm(lower, axis=1), 1)
    assert (upper[:, 1] >= 0).all() and (lower[:, 1] <= 0).all()


def test_the_noise_of_the_moons_is_as_told():
    clean, noisy = (two_moons(5000, np.random.default_rng(SEED), noise)[0]
                    for noise in (0, 0.3))
    assert_allclose((noisy - clean).std(), 0.3, rtol=0.05)


@pytest.mark.parametrize("C, turns", [(2, 1.0), (3, 0.5)])
def test_spirals_without_noise_turn_with_their_radius(C, turns, rng):
    X, y = spirals(100, rng, C=C, turns=turns, noise=0)
    assert X.shape == (100, 2) and X.dtype == np.float64
    assert_array_equal(np.unique(y), np.arange(C))
    assert np.ptp(np.bincount(y)) <= 1
    radius = np.linalg.norm(X, axis=1)
    assert radius.min() >= 0.05 and radius.max() <= 1
    angle = 2 * np.pi * (turns * radius + y / C)
    assert_allclose(X, radius[:, None] * np.stack(
        [np.cos(angle), np.sin(angle)], axis=1))


@pytest.mark.parametrize("make", [two_moons, spirals])
def test_the_same_rng_makes_the_same_data(make):
    first, again, other = (make(20, np.random.default_rng(seed))[0]
                           for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert (first != other).all()


@given(st.integers(10, 60), st.lists(st.integers(1, 5), min_size=1,
                                     max_size=4))
def test_a_split_is_a_partition_into_shares(N, shares):
    X, y = numbered(N)
    fractions = np.array(shares) / sum(shares)
    if (fractions * N < 1.5).any():     # too little to round: may be refused
        return
    parts = split(X, y, fractions, np.random.default_rng(SEED))
    assert_array_equal(np.sort(np.concatenate([b for _, b in parts])), y)
    for (A, b), fraction in zip(parts, fractions):
        assert_array_equal(A[:, 0], b)
        assert abs(len(b) - fraction * N) <= 1


def test_a_split_is_shuffled_and_the_rng_decides_how():
    X, y = numbered(100)
    first, again, other = (
        split(X, y, [0.5, 0.5], np.random.default_rng(seed))[0][1]
        for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert list(first) != sorted(first) and list(first) != list(other)


@pytest.mark.parametrize("fractions", [
    [0.5, 0.4], [0.5, 0.6], [1.5, -0.5], [1, 0], [np.nan, 1]])
def test_fractions_are_positive_and_sum_to_1(fractions, rng):
    with pytest.raises(ValueError, match="positive fractions that sum to 1"):
        split(*numbered(10), fractions, rng)


def test_no_part_of_a_split_is_empty(rng):
    with pytest.raises(ValueError, match="split of 3 rows .* a part empty"):
        split(*numbered(3), [0.9, 0.1], rng)


@pytest.mark.parametrize("use", [
    lambda X, y, rng: split(X, y, [0.5, 0.5], rng),
    lambda X, y, rng: list(minibatches(X, y, 2, rng))])
@pytest.mark.parametrize("X, y", [(numbered(4)[0], np.arange(3)),
                                  (np.zeros((0, 2)), np.zeros(0))])
def test_every_row_has_its_label(use, X, y, rng):
    with pytest.raises(ValueError, match=f"got {len(X)} and {len(y)}"):
        use(X, y, rng)


@given(st.integers(1, 30), st.integers(1, 40))
def test_minibatches_cover_every_row_once(N, size):
    X, y = numbered(N)
    batches = list(minibatches(X, y, size, np.random.default_rng(SEED)))
    assert_array_equal(np.sort(np.concatenate([b for _, b in batches])), y)
    for A, b in batches:
        assert_array_equal(A[:, 0], b)
    sizes = [len(b) for _, b in batches]
    assert all(n == size for n in sizes[:-1]) and 1 <= sizes[-1] <= size


def test_every_epoch_has_its_own_order(rng):
    X, y = numbered(50)
    first, second = (next(minibatches(X, y, 50, rng))[1] for _ in range(2))
    assert list(first) != list(second) and list(first) != sorted(first)


@pytest.mark.parametrize("size", [0, -1])
def test_a_minibatch_holds_a_row_at_least(size, rng):
    with pytest.raises(ValueError, match=f"size of 1 or more; got {size}"):
        list(minibatches(*numbered(4), size, rng))


def test_standardized_training_rows_have_mean_0_and_deviation_1(rng):
    X = rng.normal(3, [1, 10, 0.1], size=(50, 3))
    Z = Standardizer(X)(X)
    assert_allclose(Z.mean(axis=0), 0, atol=1e-13)
    assert_allclose(Z.std(axis=0), 1)


def test_other_rows_are_measured_by_the_training_rows():
    standardize = Standardizer([[0, 1], [2, 5]])
    assert_array_equal(standardize([[2, 3], [4, 1]]), [[1, 0], [3, -1]])


@pytest.mark.parametrize("value", [0.0, 0.1, 1e9])
def test_a_column_that_never_changes_becomes_0(value):
    X = np.stack([np.full(7, value), np.arange(7.0)], axis=1)
    assert_allclose(Standardizer(X)(X)[:, 0], 0, atol=1e-6)


def test_the_standardizer_leaves_its_rows_as_they_were(rng):
    X = rng.normal(size=(5, 2))
    before = X.copy()
    Standardizer(X)(X)
    assert_array_equal(X, before)


def test_the_standardizer_refuses_what_is_no_batch_of_its_width():
    with pytest.raises(ValueError, match="nan at index"):
        Standardizer([[1.0, np.nan]])
    with pytest.raises(ValueError, match=r"x\[None, :\]"):
        Standardizer([1.0, 2.0])
    with pytest.raises(ValueError, match=r"\(N, 2\).*got \(1, 3\)"):
        Standardizer([[1.0, 2.0]])([[1, 2, 3]])
