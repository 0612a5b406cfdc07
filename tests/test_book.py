"""Every chapter keeps the rules, and every rule has been seen to fail."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import execution
import pytest
from book_fixtures.faults import FAULTS, NOTEBOOK
from book_rules import library, outputs, writing
from book_rules.model import Book
from book_rules.tables import EARLY, EXCUSED, HOMES

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
BOOK = Book(ROOT)


def rules_of(book, names, homes, excused):
    """(rules for each chapter, rules for the book), all by name."""
    of_chapters = [
        outputs.pair_is_equal, outputs.every_cell_ran_in_order,
        outputs.no_errors_or_warnings, outputs.notebook_is_normal,
        outputs.no_cell_is_excused, outputs.numbers_are_short,
        outputs.nothing_fleeting_is_printed, outputs.sizes_are_small,
        writing.has_its_parts, writing.images_have_alt_text,
        writing.exercises_are_complete, writing.answers_answer_back,
        writing.fences_are_plain, writing.labels_stand_outside,
        writing.stays_off_the_network, library.imports_are_plain,
        partial(library.only_known_names_are_used, homes=homes),
    ]
    of_the_book = [
        partial(library.contents_are_in_order, book),
        partial(library.every_name_has_a_home, names, homes),
        partial(library.homes_are_of_names, names, homes),
        partial(library.names_are_shown_at_home, book, names, homes),
        partial(library.equations_are_checked, book, excused),
        partial(library.excuses_are_needed, book, excused),
    ]
    return by_name(of_chapters), by_name(of_the_book)


def by_name(rules):
    return {getattr(rule, "func", rule).__name__: rule for rule in rules}


OF_CHAPTERS, OF_THE_BOOK = rules_of(
    BOOK, list(library.public_names(ROOT / "dlbook_lib")), HOMES, EXCUSED
)


@pytest.mark.parametrize("rule", OF_CHAPTERS)
@pytest.mark.parametrize("chapter", BOOK.chapters, ids=lambda one: one.name)
def test_a_chapter_keeps_the_rule(chapter, rule):
    assert list(OF_CHAPTERS[rule](chapter)) == []


@pytest.mark.parametrize("rule", OF_THE_BOOK)
def test_the_book_keeps_the_rule(rule):
    assert list(OF_THE_BOOK[rule]()) == []


@pytest.mark.parametrize("number, name", EARLY)
def test_a_name_allowed_before_its_home_is_used_there(number, name):
    chapter, = (one for one in BOOK.chapters if one.number == number)
    assert name in {origin for _, origin in library.imports(chapter)}


# The good chapter, and one fault at a time planted in it.

GOOD_NAMES = ["plot_summary.span", "plotting.curves"]
GOOD_HOMES = {"plot_summary.span": 1, "plotting.curves": 2}
GOOD_EXCUSES = {"eq-real": "a definition, which nothing computes"}


@pytest.fixture(scope="module")
def good_files():
    """The good book's files, its notebook freshly executed: name -> text."""
    root = TESTS / "book_fixtures" / "good"
    files = {
        str(path.relative_to(root)): path.read_text(encoding="utf-8")
        for path in root.rglob("*") if path.suffix in (".yml", ".md")
    }
    notebook = execution.execute(root / "book" / "01_good.md")
    return {**files, NOTEBOOK: execution.as_text(notebook)}


def told_by(rule, root):
    """What a rule says of the book that stands at root."""
    book = Book(root)
    of_chapters, of_the_book = rules_of(
        book, GOOD_NAMES, GOOD_HOMES, GOOD_EXCUSES
    )
    if rule in of_the_book:
        return list(of_the_book[rule]())
    return [said for one in book.chapters for said in of_chapters[rule](one)]


def write_book(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("rule", [*OF_CHAPTERS, *OF_THE_BOOK])
def test_the_good_chapter_keeps_the_rule(rule, good_files, tmp_path):
    assert told_by(rule, write_book(tmp_path, good_files)) == []


@pytest.mark.parametrize("rule, file, old, new, said", FAULTS)
def test_the_rule_tells_of_a_planted_fault(
    rule, file, old, new, said, good_files, tmp_path
):
    assert old in good_files[file], "the good chapter has changed"
    planted = {**good_files, file: good_files[file].replace(old, new, 1)}
    told = told_by(rule, write_book(tmp_path, planted))
    assert any(said in sentence for sentence in told), told


def test_every_rule_has_been_seen_to_fail():
    seen = {rule for rule, *_ in FAULTS}
    tested_below = {"every_name_has_a_home", "homes_are_of_names"}
    assert {*OF_CHAPTERS, *OF_THE_BOOK} == seen | tested_below


def test_a_name_without_a_home_is_told(tmp_path):
    (tmp_path / "moods.py").write_text("def glad(): pass\ndef _sad(): pass\n")
    names = list(library.public_names(tmp_path))
    assert names == ["moods.glad"]
    (told,) = library.every_name_has_a_home(names, {"moods.sad": 1})
    assert "moods.glad has no home" in told
    (told,) = library.homes_are_of_names(names, {"moods.sad": 1})
    assert "moods.sad" in told


def test_a_derivative_lives_with_its_function():
    homes = {"activations.tanh": 2}
    assert library.home_of("activations.tanh_prime", homes) == 2
    assert library.home_of("activations.sigmoid_prime", homes) is None


@pytest.mark.parametrize("reason, said", [
    ("step-of: eq-cube", "is a step of eq-cube, which is not checked"),
    ("boring", "is excused without a reason"),
])
def test_an_excuse_needs_a_reason(reason, said, good_files, tmp_path):
    book = Book(write_book(tmp_path, good_files))
    (told,) = library.excuses_are_needed(book, {"eq-real": reason})
    assert said in told


def test_a_step_of_a_checked_equation_is_excused(good_files, tmp_path):
    book = Book(write_book(tmp_path, good_files))
    excused = {"eq-real": "step-of: eq-square"}
    assert list(library.excuses_are_needed(book, excused)) == []


# Strict nbval, as `make test` calls it.

def nbval(folder):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
         "--nbval", "--nbval-current-env", "--nbval-sanitize-with",
         str(TESTS / "nbval_sanitize.cfg"), "--color=no", "book"],
        cwd=folder, capture_output=True, text=True,
    )


@pytest.mark.parametrize("old, new, failed", [
    ("a third is 0.3333", "a third is 0.3334", 1),
    ('return \\" to \\".join', 'return \\" - \\".join', 1),
    ('"tolerance": 1e-12', '"tolerance": 1e-11', 1),
    ("y 0 to 1", "y 0 to 2", 1),
    ('id=\\"explore-', 'id=\\"explore-f', 1),
    ("base64,iVBOR", "base64,iVBORAAAA", 0),
])
def test_nbval_tells_of_a_changed_output(
    old, new, failed, good_files, tmp_path
):
    assert old in good_files[NOTEBOOK], "the good chapter has changed"
    changed = good_files[NOTEBOOK].replace(old, new)
    write_book(tmp_path, {NOTEBOOK: changed})
    run = nbval(tmp_path)
    assert run.returncode == failed, run.stdout
    assert ("1 failed" in run.stdout) == bool(failed), run.stdout
