import os

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dlbook_lib import storage
from dlbook_lib.storage import load_arrays, save_arrays


@pytest.fixture
def arrays(rng):
    return {"W1": rng.normal(size=(3, 4)), "b1": np.float32([0, 1e-45, -0.0])}


@pytest.fixture
def saved(arrays, tmp_path):
    path = tmp_path / "net.npz"
    save_arrays(path, arrays)
    return path


def same(found, arrays):
    return (found.keys() == arrays.keys() and all(
        found[name].dtype == array.dtype and found[name].shape == array.shape
        and found[name].tobytes() == array.tobytes()
        for name, array in arrays.items()))


def test_what_was_saved_is_loaded_bit_for_bit(saved, arrays):
    assert same(load_arrays(saved), arrays)


def test_the_path_may_be_words_and_keeps_its_name(arrays, tmp_path):
    save_arrays(str(tmp_path / "weights"), arrays)
    assert os.listdir(tmp_path) == ["weights"]
    assert same(load_arrays(str(tmp_path / "weights")), arrays)


def test_a_second_save_replaces_the_first(saved):
    save_arrays(saved, {"b": np.ones(2)})
    assert_array_equal(load_arrays(saved)["b"], np.ones(2))
    assert os.listdir(saved.parent) == ["net.npz"]


@pytest.mark.parametrize("step", ["np.savez", "os.fsync", "os.replace"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_save_that_fails_leaves_the_old_file(saved, arrays, step, error,
                                               monkeypatch):
    home, name = step.split(".")
    real = getattr(getattr(storage, home), name)

    def fails(target, *args, **kwargs):
        if step == "np.savez":
            real(target, *args, **kwargs)   # the bytes are there, then:
        raise error

    monkeypatch.setattr(getattr(storage, home), name, fails)
    with pytest.raises(type(error)):
        save_arrays(saved, {"W1": np.zeros(1000)})
    monkeypatch.undo()
    assert same(load_arrays(saved), arrays)
    assert os.listdir(saved.parent) == ["net.npz"]


def test_a_file_cut_short_anywhere_is_refused(saved):
    whole = saved.read_bytes()
    for length in range(len(whole)):
        saved.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="not a readable .npz"):
            load_arrays(saved)


def test_a_damaged_byte_may_lose_an_array_but_changes_none(saved, arrays):
    whole = saved.read_bytes()
    refused = 0
    for at in range(len(whole)):
        saved.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF])
                          + whole[at + 1:])
        try:
            found = load_arrays(saved)
        except ValueError as error:
            assert "net.npz is not a readable .npz" in str(error)
            refused += 1
        else:
            assert same(found, {name: arrays[name] for name in found}), at
    assert refused > len(whole) / 2


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "net.npz"
    with path.open("wb") as file:
        np.save(file, np.ones(3))
    with pytest.raises(ValueError, match="not a readable .npz"):
        load_arrays(path)
    path.write_text("weights: 1, 2, 3\n")
    with pytest.raises(ValueError, match="not a readable .npz"):
        load_arrays(path)


def test_pickled_objects_are_never_run(tmp_path):
    np.savez(tmp_path / "net.npz", W1=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        load_arrays(tmp_path / "net.npz")


def test_a_file_that_is_not_there_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing.npz"):
        load_arrays(tmp_path / "missing.npz")
