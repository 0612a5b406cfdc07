"""Model search: settings on a grid, drawn at random, or proposed by a model.

Optuna's study and storage stand behind all three. With a store, an SQLite
file, a search that was stopped goes on, and several processes may share it.
"""
import json
import math
import sqlite3
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, lockf
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

import optuna
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.WARNING)


@dataclass(frozen=True)
class Trial:
    """One setting that was tried: its value, or why it has none.

    Shapes: settings {name: number or string}, value a number or None.
    Source: Larochelle, model selection; chapter 19.
    """

    number: int
    settings: dict
    value: float | None
    failure: str | None


def log_uniform(low, high, rng):
    """exp(u), u ~ U(log low, log high); between integers, rounded to one.

    Shapes: low, high numbers -> a number in [low, high].
    Source: Bergstra and Bengio 2012; chapter 19, eq-log-uniform.
    """
    span = _range(low, high)
    value = math.exp(rng.uniform(math.log(low), math.log(high)))
    value = round(value) if isinstance(span.low, int) else value
    return min(max(value, span.low), span.high)


def grid_search(objective, grid, store=None):
    """Every combination of the grid once; the last name changes fastest.

    objective(settings) is the number to be made small. Returns Trials.
    Shapes: lists of n_1, ..., n_k values -> n_1 x ... x n_k trials.
    Source: Larochelle, model selection; chapter 19.
    """
    spans = {name: optuna.distributions.CategoricalDistribution(values)
             for name, values in grid.items()}
    plan = [dict(zip(grid, values)) for values in product(*grid.values())]
    return _run(objective, store, ["grid", plan], spans)


def random_search(objective, space, budget, rng, store=None):
    """budget settings, each drawn log-uniformly from the space's ranges.

    objective(settings) is the number to be made small. Returns Trials.
    Shapes: k ranges (low, high), of integers where integers are wanted ->
    budget trials of k settings.
    Source: Bergstra and Bengio 2012; chapter 19.
    """
    spans = {name: _range(*pair) for name, pair in space.items()}
    plan = [{name: log_uniform(*pair, rng) for name, pair in space.items()}
            for _ in range(budget)]
    return _run(objective, store, ["random", plan], spans)


def model_search(objective, space, budget, rng, store=None):
    """budget settings, each proposed in view of the trials before it.

    objective(settings) is the number to be made small. Returns Trials.
    Every trial has a seed of its own: no second process, and no second
    start, draws again what the first one drew.
    Shapes: as random_search. Same as optuna.samplers.TPESampler: at random
    until 10 trials have finished.
    Source: Bergstra et al. 2011; chapter 19.
    """
    spans = {name: _range(*pair) for name, pair in space.items()}
    seeds = [int(rng.integers(2**32)) for _ in range(budget)]

    def propose(seed, trials):
        sampler = optuna.samplers.TPESampler(seed=seed)
        aside = optuna.create_study(sampler=sampler)
        aside.add_trials(trials)
        return aside.ask(spans).params

    return _run(objective, store, ["model", seeds, str(spans)], spans, propose)


def best(trials):
    """The finished trial of lowest value, the first of equals.

    Shapes: a list of Trials -> one of them.
    Source: Larochelle, model selection; chapter 19.
    """
    finished = [trial for trial in trials if trial.value is not None]
    if not finished:
        raise ValueError(f"No trial finished; the first failed: {trials[:1]}.")
    return min(finished, key=lambda trial: trial.value)


def _range(low, high):
    if hasattr(low, "__index__") and hasattr(high, "__index__"):
        return optuna.distributions.IntDistribution(low, high, log=True)
    return optuna.distributions.FloatDistribution(low, high, log=True)


def _run(objective, store, search, spans, propose=lambda step, trials: step):
    """The Trials of [kind, plan, ...]. Only an error is a failure: whatever
    else ends the process leaves its trial to be claimed again.
    """
    if not search[1]:
        raise ValueError("A search needs a budget of at least 1 trial.")
    with ExitStack() as stack:
        study, locks = _opened(store, json.dumps(search), stack)
        while trial := _claim(study, locks, search[1], spans, propose):
            try:
                value, failure = float(objective(dict(trial.params))), None
                if not math.isfinite(value):
                    raise ArithmeticError(f"the value is {value}")
            except Exception as error:
                value, failure = None, repr(error)
            with _turn(locks):
                if failure:
                    study.set_user_attr(str(trial.number), failure)
                study.tell(trial.number, value, failure and TrialState.FAIL)
        reasons = study.user_attrs
        return [Trial(one.number, dict(one.params), one.value,
                      reasons[str(one.number)] if one.value is None else None)
                for one in study.get_trials(deepcopy=False)]


def _claim(study, locks, plan, spans, propose):
    """A trial that no living process runs; None when all are finished.

    Whoever runs trial n holds byte n + 1 of the locks, which the system
    takes back when the process is gone. Optuna's heartbeat will not do: it
    does not notice that a process is gone which was killed before its first
    beat, and two others may each put the same trial back.
    """
    while True:
        with _turn(locks):
            trials = study.get_trials(deepcopy=False)
            left = [one for one in trials if not one.state.is_finished()]
            for trial in left:
                with suppress(BlockingIOError):
                    lockf(locks, LOCK_EX | LOCK_NB, 1, trial.number + 1)
                    return trial
            if len(trials) < len(plan):
                study.add_trial(create_trial(
                    state=TrialState.RUNNING, distributions=spans,
                    params=propose(plan[len(trials)], trials)))
                continue
        if not left:
            return None
        time.sleep(0.1)


@contextmanager
def _turn(locks):
    """Alone with the store. SQLite does not lock rows, as Optuna expects:
    of two that start the same waiting trial there, both may succeed.
    """
    lockf(locks, LOCK_EX, 1)
    yield
    lockf(locks, LOCK_UN, 1)


def _opened(store, search, stack):
    """The study, and the file of locks; the stack will close both.

    A new store is made aside and moved into place: whole, or not at all.
    """
    if store is None:
        return optuna.create_study(), stack.enter_context(TemporaryFile())
    store = Path(store)
    locks = stack.enter_context(open(f"{store}.lock", "ab"))
    with _turn(locks):
        if not store.exists():
            with TemporaryDirectory(None, store.name, store.parent) as aside:
                study = _study(Path(aside, "new"), stack)
                study.set_user_attr("search", search)
                Path(aside, "new").rename(store)
        found = "no search that can be read"
        with suppress(sqlite3.Error), closing(sqlite3.connect(store)) as file:
            for text, in file.execute(
                    "SELECT value_json FROM study_user_attributes, "
                    "pragma_integrity_check WHERE integrity_check = 'ok'"):
                if text == json.dumps(search):
                    return _study(store, stack), locks
                found = "another search"
    raise ValueError(f"{store} holds {found}. Only the same call, its rng in "
                     "the same state, goes on there. Give a new path.")


def _study(path, stack):
    storage = optuna.storages.RDBStorage("sqlite:///", {
        "creator": lambda: sqlite3.connect(path)})
    stack.callback(storage.engine.dispose)
    return optuna.create_study(study_name="search", storage=storage,
                               load_if_exists=True)
