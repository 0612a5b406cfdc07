import dataclasses
import json
import math
import sqlite3
import subprocess
import sys
import threading
import time
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import optuna
import pytest
from scipy import stats
from search_worker import (
    BUDGET,
    GRID,
    SEARCHES,
    SPACE,
    lines,
    logged,
    value_of,
)

from dlbook_lib.search import (
    Trial,
    best,
    grid_search,
    log_uniform,
    model_search,
    random_search,
)

WORKER = Path(__file__).parent / "search_worker.py"
KINDS = sorted(SEARCHES)


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """No test waits for ever."""
    end = time.monotonic() + 60

    def sleep(seconds):
        assert time.monotonic() < end
        time.sleep(seconds)

    monkeypatch.setattr("dlbook_lib.search.time",
                        SimpleNamespace(sleep=sleep))


@pytest.fixture
def store(tmp_path):
    return tmp_path / "search.db"


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The bytes of a finished store of each kind."""
    folder = tmp_path_factory.mktemp("finished")
    for kind in KINDS:
        SEARCHES[kind](value_of, folder / kind)
    return {kind: (folder / kind).read_bytes() for kind in KINDS}


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


class Ended(BaseException):
    """Whatever ends a process from within: Ctrl-C, sys.exit."""


def counted(calls, objective=value_of):
    def counting(settings):
        calls.append(dict(settings))
        return objective(settings)
    return counting


def events(log, event):
    return [json.dumps(settings) for _, what, settings in lines(log)
            if what == event]


def settings_of(trials):
    return [json.dumps(trial.settings) for trial in trials]


def worker(kind, store, log, pause, crowd=1):
    return subprocess.Popen(
        [sys.executable, "-W", "error", WORKER, kind, store, log, str(pause),
         str(crowd)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)


def let_go(workers):
    """All at the same moment, when all have started."""
    for one in workers:
        assert one.stdout.readline() == "ready\n", one.stderr.read()
    for one in workers:
        one.stdin.write("\n")
        one.stdin.flush()


def wait_for(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def killed(kind, store, log, after):
    """A worker is killed within its trial, when so many have ended."""
    with worker(kind, store, log, 0.3) as child:
        let_go([child])
        wait_for(log.exists)
        wait_for(lambda: len(events(log, "end")) == after and lines(log)[-1][
            :2] == [child.pid, "start"])
        child.kill()


# Drawing

def test_log_uniform_is_uniform_in_the_logarithm(rng):
    drawn = np.array([log_uniform(1e-5, 0.1, rng) for _ in range(4000)])
    assert drawn.min() >= 1e-5 and drawn.max() <= 0.1
    scaled = np.log(drawn / 1e-5) / np.log(1e4)
    assert stats.kstest(scaled, "uniform").pvalue > 0.01


def test_between_integers_every_integer_has_its_share(rng):
    drawn = [log_uniform(2, 9, rng) for _ in range(8000)]
    assert {type(one) for one in drawn} == {int}
    edges = np.log([2, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9])
    expected = np.diff(edges) / (edges[-1] - edges[0]) * len(drawn)
    counts = np.bincount(drawn, minlength=10)
    assert counts[:2].sum() == 0 and len(counts) == 10
    assert stats.chisquare(counts[2:], expected).pvalue > 0.01


def test_a_range_with_one_float_gives_floats(rng):
    assert isinstance(log_uniform(1, 10.0, rng), float)
    low, high = np.array([3, 5])
    assert isinstance(log_uniform(low, high, rng), int)


def test_a_range_of_one_value_gives_it_exactly(rng):
    for value in rng.uniform(1e-6, 1e6, 200):
        assert log_uniform(value, value, rng) == value
    assert log_uniform(7, 7, rng) == 7


@pytest.mark.parametrize("low, high", [
    (0, 1), (-1.0, 1.0), (2.0, 1.0), (5, 3), (0.5, -1)])
def test_a_range_without_logarithms_is_refused(low, high, rng):
    with pytest.raises(ValueError, match=f"low={low}, high={high}"):
        log_uniform(low, high, rng)
    for search in random_search, model_search:
        with pytest.raises(ValueError, match=f"low={low}, high={high}"):
            search(value_of, {"units": (low, high)}, 5, rng)


# What is tried

def test_a_grid_is_complete_and_in_order():
    found = SEARCHES["grid"](value_of)
    assert [trial.number for trial in found] == list(range(12))
    assert [tuple(trial.settings.values()) for trial in found] == list(
        product(GRID["units"], GRID["g"]))
    assert all(list(trial.settings) == ["units", "g"] for trial in found)
    assert [trial.value for trial in found] == [
        value_of(trial.settings) for trial in found]
    assert {trial.failure for trial in found} == {None}


def test_the_settings_of_a_random_search_are_drawn_beforehand(rng):
    found = random_search(lambda settings: rng.normal(), SPACE, 5,
                          np.random.default_rng(3))
    again = np.random.default_rng(3)
    assert [trial.settings for trial in found] == [
        {"alpha": log_uniform(1e-4, 1.0, again),
         "units": log_uniform(1, 1000, again)} for _ in range(5)]


@pytest.mark.parametrize("search", [random_search, model_search])
def test_a_search_is_determined_by_its_seed(search):
    def trials(seed):
        return search(value_of, SPACE, 15, np.random.default_rng(seed))

    assert trials(0) == trials(0)
    assert not set(settings_of(trials(0))) & set(settings_of(trials(1)))
    assert len(set(settings_of(trials(0)))) == 15


@pytest.mark.parametrize("search", [random_search, model_search])
def test_settings_lie_in_their_ranges_and_are_of_their_kind(search, rng):
    for trial in search(value_of, SPACE, 30, rng):
        assert list(trial.settings) == ["alpha", "units"]
        assert type(trial.settings["alpha"]) is float
        assert type(trial.settings["units"]) is int
        assert 1e-4 <= trial.settings["alpha"] <= 1
        assert 1 <= trial.settings["units"] <= 1000


def test_a_model_search_comes_closer_than_chance():
    def late(search):
        found = search(lambda settings: abs(math.log10(settings["x"]) + 2.5),
                       {"x": (1e-5, 1.0)}, 60, np.random.default_rng(0))
        return np.median([trial.value for trial in found[-20:]])

    assert late(model_search) < 0.6 < 0.8 < late(random_search)


@pytest.mark.parametrize("budget", [0, -1])
def test_a_search_needs_a_budget(budget, rng):
    for search in random_search, model_search:
        with pytest.raises(ValueError, match="at least 1 trial"):
            search(value_of, SPACE, budget, rng)
    with pytest.raises(ValueError, match="one or more"):
        grid_search(value_of, {"units": []})


def test_the_best_is_the_first_of_the_lowest():
    found = [Trial(0, {}, None, "no"), Trial(1, {}, 2.0, None),
             Trial(2, {}, 1.0, None), Trial(3, {}, 1.0, None)]
    assert best(found).number == 2
    with pytest.raises(ValueError, match="the first failed: .*failure='no'"):
        best(found[:1])
    with pytest.raises(ValueError, match="No trial finished"):
        best([])


def test_a_trial_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Trial(0, {}, None, None).value = 1


# Failures and interruptions

@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_is_kept_and_not_retried(kind, kept, store):
    calls = []
    outcomes = iter([RuntimeError("the job died"), math.nan, math.inf, None,
                     *range(1, 9)])

    def objective(settings):
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    found = SEARCHES[kind](counted(calls, objective), store if kept else None)
    assert [trial.value for trial in found] == [None] * 4 + list(range(1, 9))
    reasons = [trial.failure for trial in found]
    assert "the job died" in reasons[0] and "RuntimeError" in reasons[0]
    assert "the value is nan" in reasons[1]
    assert "the value is inf" in reasons[2]
    assert "NoneType" in reasons[3]
    assert reasons[4:] == [None] * 8
    assert calls == [trial.settings for trial in found]
    assert best(found).number == 4
    if kept:
        assert SEARCHES[kind](counted(calls), store) == found
        assert len(calls) == 12


@pytest.mark.parametrize("kind, end", [
    *((kind, KeyboardInterrupt) for kind in KINDS),
    ("random", SystemExit), ("random", Ended)])
def test_an_interrupted_trial_is_done_at_the_next_start(kind, end, store):
    first, second = [], []

    def objective(settings):
        if len(first) == 5:
            raise end
        return value_of(settings)

    with pytest.raises(end):
        SEARCHES[kind](counted(first, objective), store)
    found = SEARCHES[kind](counted(second), store)
    assert first[:4] + second == [trial.settings for trial in found]
    assert second[0] == first[4]
    assert found == SEARCHES[kind](value_of)


def test_an_objective_may_change_the_settings_it_was_given(store):
    def objective(settings):
        return len(settings) + settings.pop("units")

    for place in store, None:
        found = SEARCHES["random"](objective, place)
        assert [trial.value - 2 for trial in found] == [
            trial.settings["units"] for trial in found]


# A store

@pytest.mark.parametrize("kind", KINDS)
def test_a_finished_search_runs_nothing_and_is_as_without_a_store(
        kind, store, finished, capfd):
    store.write_bytes(finished[kind])
    calls = []
    found = SEARCHES[kind](counted(calls), str(store))
    assert calls == []
    assert found == SEARCHES[kind](counted(calls))
    assert len(calls) == len(found) == 12
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["a b.db", "50%.db", "{0}.db", "a?b#c.db",
                                  "søk.db", "no_suffix"])
def test_a_store_may_have_any_name(name, tmp_path):
    grid_search(value_of, {"units": [1]}, tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [name, f"{name}.lock"])


def test_an_objective_may_leave_the_folder_of_the_store(
        tmp_path, monkeypatch):
    def objective(settings):
        monkeypatch.chdir(tmp_path / "elsewhere")
        return value_of(settings)

    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    found = grid_search(objective, {"units": [1, 2]}, "search.db")
    assert grid_search(value_of, {"units": [1, 2]}, tmp_path / "search.db"
                       ) == found
    assert not list((tmp_path / "elsewhere").iterdir())


def seeded(search, space, budget, seed):
    return lambda objective, store: search(
        objective, space, budget, np.random.default_rng(seed), store)


OTHERS = {
    "another kind": SEARCHES["model"],
    "a grid": SEARCHES["grid"],
    "a bigger budget": seeded(random_search, SPACE, BUDGET + 1, 0),
    "another seed": seeded(random_search, SPACE, BUDGET, 1),
    "another range": seeded(
        random_search, {**SPACE, "alpha": (1e-4, 2.0)}, BUDGET, 0),
    "another name": seeded(
        random_search, {"beta": (1e-4, 1.0), "units": (1, 1000)}, BUDGET, 0),
}
OTHERS_OF_A_MODEL = {
    "another kind": SEARCHES["random"],
    "a bigger budget": seeded(model_search, SPACE, BUDGET + 1, 0),
    "another seed": seeded(model_search, SPACE, BUDGET, 1),
    "another range": seeded(
        model_search, {**SPACE, "alpha": (1e-4, 2.0)}, BUDGET, 0),
    "floats": seeded(
        model_search, {**SPACE, "units": (1.0, 1000.0)}, BUDGET, 0),
}
OTHERS_OF_A_GRID = {
    "another value": lambda objective, store: grid_search(
        objective, {**GRID, "units": [1, 2, 3, 5]}, store),
    "another order": lambda objective, store: grid_search(
        objective, {**GRID, "units": [4, 3, 2, 1]}, store),
    "floats": lambda objective, store: grid_search(
        objective, {**GRID, "units": [1.0, 2.0, 3.0, 4.0]}, store),
    "another kind": SEARCHES["random"],
}


@pytest.mark.parametrize("kind, other", [
    (kind, other) for kind, others in [
        ("random", OTHERS), ("model", OTHERS_OF_A_MODEL),
        ("grid", OTHERS_OF_A_GRID)] for other in others.items()],
    ids=lambda one: one if isinstance(one, str) else one[0])
def test_another_search_is_refused(kind, other, store, finished):
    store.write_bytes(finished[kind])
    calls = []
    with pytest.raises(ValueError, match="search.db holds another search"):
        other[1](counted(calls), store)
    assert store.read_bytes() == finished[kind] and calls == []


def test_the_same_settings_of_another_kind_are_refused(store, rng):
    (drawn,) = random_search(value_of, SPACE, 1, rng, store)
    with pytest.raises(ValueError, match="search.db holds another search"):
        grid_search(value_of, {name: [value] for name, value in
                               drawn.settings.items()}, store)


def foreign_database(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE weights (w REAL)")
    connection.close()


def foreign_study(path):
    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    optuna.create_study(study_name="search", storage=storage)
    storage.engine.dispose()


def text(path):
    path.write_text("alpha: 0.1\n")


@pytest.mark.parametrize("make", [
    foreign_database, foreign_study, text, Path.touch])
def test_a_file_of_another_kind_is_refused(make, store):
    make(store)
    before, calls = store.read_bytes(), []
    with pytest.raises(ValueError, match="no search that can be read"):
        SEARCHES["grid"](counted(calls), store)
    assert store.read_bytes() == before and calls == []


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no search that can be read"):
        SEARCHES["grid"](value_of, tmp_path)


def test_a_damaged_store_is_refused(store, finished):
    whole, page = finished["random"], 4096
    damages = [whole[:at] for at in range(100, len(whole), page)]
    damages += [whole[:at] + bytes(page) + whole[at + page:]
                for at in range(0, len(whole), page)]
    for damaged in damages:
        store.write_bytes(damaged)
        with pytest.raises(ValueError, match="no search that can be read"):
            SEARCHES["random"](value_of, store)
        assert store.read_bytes() == damaged


def test_a_store_is_made_whole_or_not_at_all(store, monkeypatch):
    def fails(*args):
        raise OSError("disk full")

    monkeypatch.setattr(optuna.Study, "set_user_attr", fails)
    with pytest.raises(OSError, match="disk full"):
        SEARCHES["grid"](value_of, store)
    assert [path.name for path in store.parent.iterdir()] == [
        "search.db.lock"]
    monkeypatch.undo()
    assert len(SEARCHES["grid"](value_of, store)) == 12


# Several processes

@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_search_goes_on(kind, store, log):
    killed(kind, store, log, after=4)
    begun = events(log, "start")
    start = time.monotonic()
    found = SEARCHES[kind](logged(log), store)
    assert time.monotonic() - start < 5
    assert [trial.number for trial in found] == list(range(12))
    # Every trial ended once; only the one that was killed began twice.
    assert sorted(events(log, "end")) == sorted(settings_of(found))
    assert events(log, "start")[5] == begun[4]
    assert sorted(events(log, "start")) == sorted(
        settings_of(found) + begun[4:])
    # For all that is seen, it was never killed.
    assert found == SEARCHES[kind](value_of)


def test_a_search_may_be_killed_again_and_again(store, log):
    for after in range(4):
        killed("random", store, log, after)
    found = SEARCHES["random"](logged(log), store)
    assert events(log, "end") == settings_of(found)
    assert found == SEARCHES["random"](value_of)


@pytest.mark.parametrize("kind", KINDS)
def test_a_trial_of_a_killed_worker_is_taken_over(kind, store, log):
    with worker(kind, store, log, 60) as child:
        let_go([child])
        wait_for(log.exists)
        wait_for(lambda: len(events(log, "start")) == 1)
        timer = threading.Timer(1.0, child.kill)
        timer.start()
        found = SEARCHES[kind](logged(log), store)
        timer.join()
    assert sorted(events(log, "end")) == sorted(settings_of(found))
    assert events(log, "end")[-1] == events(log, "start")[0]
    assert found[0].value is not None and len(found) == 12


@pytest.mark.parametrize("kind", ["random", "model"])
def test_four_workers_share_a_store(kind, store, log):
    workers = [worker(kind, store, log, 0.01, crowd=4) for _ in range(4)]
    let_go(workers)
    ended = [one.communicate(timeout=60) for one in workers]
    assert [complaints for _, complaints in ended] == [""] * 4
    lists = [json.loads(trials) for trials, _ in ended]
    assert lists[1:] == lists[:1] * 3
    found = [Trial(**trial) for trial in lists[0]]
    assert [trial.number for trial in found] == list(range(BUDGET))
    assert len(set(settings_of(found))) == BUDGET
    assert sorted(events(log, "start")) == sorted(settings_of(found))
    assert sorted(events(log, "end")) == sorted(settings_of(found))
    assert all(trial.value == value_of(trial.settings) for trial in found)
    assert {pid for pid, *_ in lines(log)} == {one.pid for one in workers}
    if kind == "random":
        assert found == SEARCHES[kind](value_of)
