import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dlbook_lib.data import two_moons
from dlbook_lib.network import MLP
from dlbook_lib.optimizers import (SGD, AdaDelta, AdaGrad, Adam, Momentum,
                                   Nesterov, RMSProp)
from dlbook_lib.schedules import HalveOnPlateau, exponential_decay
from dlbook_lib.storage import save_arrays
from dlbook_lib.training import EarlyStopping, train

RULES = [lambda: SGD(0.1), lambda: Momentum(0.1), lambda: Nesterov(0.1),
         AdaGrad, RMSProp, AdaDelta, Adam]


def run(epochs, path=None, rule=lambda: Adam(0.01), seed=0, rows=60,
        batch_size=20, patience=1000, schedule=None, width=5):
    rng = np.random.default_rng(seed)
    X, y = two_moons(rows, rng)
    net = MLP((2, width, 2), rng)
    stopping = EarlyStopping(patience)
    history = train(net, X, y, rule(), epochs, batch_size, rng,
                    held_out=(X, y), schedule=schedule or HalveOnPlateau(3),
                    stopping=stopping, checkpoint=path)
    return net, history, stopping, rng


def same(one, other):
    assert_array_equal(one[0].theta, other[0].theta)
    assert one[1] == other[1]
    assert one[2].epoch == other[2].epoch
    assert one[3].random() == other[3].random()


@pytest.mark.parametrize("rule", RULES)
def test_a_run_in_three_pieces_is_the_run_in_one(rule, tmp_path):
    path = tmp_path / "run.npz"
    for epochs in (2, 3):
        run(epochs, path, rule)
    same(run(9, path, rule), run(9, None, rule))


def test_a_checkpoint_changes_nothing(tmp_path):
    same(run(6, tmp_path / "run.npz"), run(6))


def test_a_finished_run_is_not_run_again(tmp_path):
    path = tmp_path / "run.npz"
    first = run(5, path)
    written = path.read_bytes()
    same(run(5, path), first)
    assert path.read_bytes() == written


def test_a_run_that_stopped_early_stays_stopped(tmp_path):
    path = tmp_path / "run.npz"
    first = run(200, path, patience=3)
    assert first[1].epochs < 200
    same(run(200, path, patience=3), first)


def test_an_interrupted_epoch_is_run_again_from_its_start(tmp_path):
    path = tmp_path / "run.npz"

    class Interrupted(Adam):
        def step(self, theta, grad):
            super().step(theta, grad)
            if self.t == 11:                  # in the fourth epoch
                raise KeyboardInterrupt

    Interrupted.__name__ = "Adam"
    with pytest.raises(KeyboardInterrupt):
        run(9, path, lambda: Interrupted(0.01))
    same(run(9, path), run(9))


PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
from test_checkpoint import run
run(100_000, {path!r})
"""


def test_a_killed_run_loses_at_most_one_epoch(tmp_path):
    path = tmp_path / "run.npz"
    program = PROGRAM.format(tests=str(Path(__file__).parent), path=str(path))
    child = subprocess.Popen([sys.executable, "-c", program],
                             stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not path.exists():
        assert child.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.3)
    child.kill()
    child.wait()
    done = run(0, path)[1].epochs
    assert done > 0
    same(run(done + 2, path), run(done + 2))


@pytest.mark.parametrize("change, told", [
    (dict(rule=lambda: Adam(0.02)), "optimizer.alpha is 0.01; this run has"),
    (dict(rule=lambda: SGD(0.01)), "optimizer is Adam; this run has SGD"),
    (dict(rows=80), "its data is [0-9a-f]{8}; this run has [0-9a-f]{8}"),
    (dict(seed=1), "its data is [0-9a-f]{8}; this run has [0-9a-f]{8}"),
    (dict(batch_size=10), "batch size is 20; this run has 10"),
    (dict(patience=5), "stopping.patience is 1000; this run has 5"),
    (dict(width=6), "parameters is 27; this run has 32"),
    (dict(schedule=exponential_decay(0.9)), "schedule is HalveOnPlateau"),
])
def test_another_run_has_a_path_of_its_own(change, told, tmp_path):
    path = tmp_path / "run.npz"
    run(2, path)
    written = path.read_bytes()
    with pytest.raises(ValueError, match=told):
        run(4, path, **change)
    assert path.read_bytes() == written


@pytest.mark.parametrize("spoil", [
    lambda path: path.write_bytes(path.read_bytes()[:500]),
    lambda path: path.write_bytes(b""),
    lambda path: save_arrays(path, {"W1": np.ones(3)}),
])
def test_a_damaged_checkpoint_is_told_and_kept(spoil, tmp_path):
    path = tmp_path / "run.npz"
    run(1, path)
    spoil(path)
    spoilt = path.read_bytes()
    with pytest.raises(ValueError, match="damaged, or no checkpoint"):
        run(2, path)
    assert path.read_bytes() == spoilt


def test_a_full_disk_keeps_the_last_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "run.npz"
    run(2, path)
    written = path.read_bytes()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(np, "savez", full)
        with pytest.raises(OSError, match="No space left"):
            run(4, path)
    assert path.read_bytes() == written
    assert list(tmp_path.iterdir()) == [path]
    same(run(4, path), run(4))


def test_the_same_cell_may_be_run_again_after_ctrl_c(tmp_path):
    path = tmp_path / "run.npz"
    rng = np.random.default_rng(0)
    X, y = two_moons(60, rng)
    net, rule = MLP((2, 5, 2), rng), Adam(0.01)
    train(net, X, y, rule, 3, 20, rng, checkpoint=path)
    train(net, X, y, rule, 7, 20, rng, checkpoint=path)
    rng = np.random.default_rng(0)
    X, y = two_moons(60, rng)
    whole = MLP((2, 5, 2), rng)
    train(whole, X, y, Adam(0.01), 7, 20, rng)
    assert_array_equal(net.theta, whole.theta)
