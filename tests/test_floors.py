"""The library's house stands as drawn: every rule holds, and is seen to
report the fault that was planted for it.
"""
from pathlib import Path

import pytest
from book_rules.tables import HOMES
from docstring_rules import (
    EQUATIONS,
    cites_its_home,
    cites_labels_of_its_home,
    documented,
)
from floor_rules import (
    doors_are_kept,
    every_floor_is_furnished,
    imports_go_down,
    init_is_a_map,
    narrow_enough,
    no_circle,
    no_global_random_state,
    no_utils,
    small_enough,
)

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "dlbook_lib"
FAULTS = Path(__file__).parent / "floor_fixtures"
RULES = [imports_go_down, every_floor_is_furnished, no_circle, doors_are_kept,
         init_is_a_map, small_enough, narrow_enough, documented, no_utils,
         cites_its_home, cites_labels_of_its_home]

PLANTED = [
    (imports_go_down, "up", "layers reaches up to network"),
    (imports_go_down, "up", "losses reaches up to torch_twin"),
    (imports_go_down, "up", "regularizers reaches up to chapter"),
    (imports_go_down, "up", "attic has no floor: give it one in FLOORS"),
    (every_floor_is_furnished, "up",
     "network stands in FLOORS but there is no such module"),
    (no_circle, "circle",
     "imports run in a circle: criteria -> layers -> criteria"),
    (doors_are_kept, "doors", "layers imports torch; only torch_twin may"),
    (doors_are_kept, "doors", "losses imports pandas, which no module may"),
    (init_is_a_map, "map", "__init__ holds more than its docstring"),
    (init_is_a_map, "map", "layers is missing from the map in __init__"),
    (small_enough, "large", "layers has 151 lines; the most is 150"),
    (small_enough, "large", "losses.long has 26 lines; the most is 25"),
    (narrow_enough, "large", "losses, line 2 has 80 columns; the most is 79"),
    (documented, "bare", "layers.Bare has no docstring"),
    (documented, "bare", "layers.shapeless does not tell its shapes"),
    (documented, "bare", "network.bare has no docstring"),
    (cites_its_home, "citations",
     "activations.sigmoid cites chapter 7; its home is 2"),
    (cites_its_home, "citations",
     "activations.sigmoid_prime cites chapter none; its home is 2"),
    (cites_its_home, "citations",
     "activations.tanh_prime cites chapter 2 and 3; its home is 2"),
    (cites_labels_of_its_home, "citations",
     "activations.tanh cites eq-nonsense, which chapter 2 does not hold"),
    (no_utils, "names", "utils is a name for anything: name the idea"),
    (no_global_random_state, "random",
     "program.py uses the global random state: np.random.seed"),
    (no_global_random_state, "random",
     "program.py uses the global random state: import random"),
    (no_global_random_state, "random",
     "chapter.md uses the global random state: np.random.rand"),
    (no_global_random_state, "random",
     "chapter.ipynb uses the global random state: torch.manual_seed"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_library_keeps_the_rule(rule):
    assert "\n".join(rule(LIBRARY)) == ""


@pytest.mark.parametrize(
    "folder", ["dlbook_lib", "book", "benchmarks", "experiments"])
def test_nothing_draws_from_the_global_random_state(folder):
    assert "\n".join(no_global_random_state(ROOT / folder)) == ""


@pytest.mark.parametrize("rule, fault, sentence", PLANTED,
                         ids=[sentence for *_, sentence in PLANTED])
def test_the_rule_reports_its_planted_fault(rule, fault, sentence):
    assert sentence in list(rule(FAULTS / fault))


def test_every_rule_has_a_planted_fault():
    assert {*RULES, no_global_random_state} == {rule for rule, *_ in PLANTED}


def test_prose_may_speak_of_the_global_random_state():
    told = list(no_global_random_state(FAULTS / "random"))
    assert not [sentence for sentence in told if "shuffle" in sentence]


def test_a_citation_may_be_wrapped_and_lead_to_a_chapter_to_come(monkeypatch):
    monkeypatch.setitem(HOMES, "optimizers.ToCome", 99)
    told = [*cites_its_home(FAULTS / "citations"),
            *cites_labels_of_its_home(FAULTS / "citations")]
    assert len(told) == 4
    assert not [one for one in told if "relu" in one or "ToCome" in one]


def test_no_module_of_equations_is_forgotten():
    assert EQUATIONS >= {"activations", "losses", "optimizers", "criteria"}
