"""pyproject.toml gives ranges, constraints.txt one pin each, environment.yml
uses both; no pin stands anywhere else.
"""
import importlib.metadata
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from floor_rules import imported, modules
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec
from rattler.exceptions import InvalidMatchSpecError

ROOT = Path(__file__).parents[1]
FILES = ["pyproject.toml", "constraints.txt", "environment.yml", "Makefile"]
# PyTorch brings its own CUDA packages where its default build is a GPU's.
OF_TORCH = re.compile("nvidia-|cuda-|triton")
IMPORTED_AS = {"sklearn": "scikit-learn", "PIL": "pillow"}


def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


def requirements(root):
    """Every requirement of the project, its extras included."""
    listed = [*project(root)["dependencies"]]
    for extra in project(root)["optional-dependencies"].values():
        listed += extra
    return [Requirement(text) for text in listed]


def pins(root):
    """[(name, version)] of constraints.txt, as they stand there."""
    lines = (root / "constraints.txt").read_text().splitlines()
    return [(canonicalize_name(name), version) for name, _, version in (
        line.partition("==") for line in lines)]


def environment(root):
    """environment.yml: its conda specs, and its lines for pip."""
    listed = yaml.safe_load((root / "environment.yml").read_text())
    specs = [one for one in listed["dependencies"] if isinstance(one, str)]
    pip, = [one for one in listed["dependencies"] if isinstance(one, dict)]
    return specs, pip["pip"]


def one_pin_each(root):
    names = [name for name, _ in pins(root)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} is pinned {names.count(name)} times"
    for name, version in pins(root):
        if not re.fullmatch(r"[0-9][0-9a-z.]*", version):
            yield f"{name} is not pinned to a plain version: {version!r}"


def ranges_hold_their_pins(root):
    pinned = dict(pins(root))
    for wanted in requirements(root):
        version = pinned.get(canonicalize_name(wanted.name))
        if version is None:
            yield f"{wanted.name} has no pin"
        elif not wanted.specifier:
            yield f"{wanted.name} has no range"
        elif version not in wanted.specifier:
            yield f"{wanted.name} is pinned to {version}, outside its range"


def the_environment_uses_them(root):
    specs, pip = environment(root)
    for spec in specs:
        try:
            MatchSpec(spec)
        except InvalidMatchSpecError as error:
            yield f"conda cannot read {spec!r}: {error}"
    if pip != ["-e .[book,test]", "-c constraints.txt"]:
        yield f"environment.yml gives pip {pip}"


def one_python(root):
    floor = project(root)["requires-python"].removeprefix(">=")
    specs, _ = environment(root)
    if f"python>={floor}" not in specs:
        yield f"environment.yml does not ask for python>={floor}"
    if f"({floor.replace('.', ', ')})" not in (root / "Makefile").read_text():
        yield f"the Makefile does not check for Python {floor}"


def no_pin_elsewhere(root):
    files = [path for path in root.iterdir()
             if path.is_file() and path.name != "constraints.txt"]
    for folder in ("book", ".ci", ".github"):
        files += (root / folder).rglob("*")
    for path in sorted(files):
        # In a program == compares; a notebook repeats its text.
        if path.is_file() and path.suffix in ("", ".md", ".yml", ".toml"):
            for found in re.findall(r"[\w.-]+==\d[\w.]*", path.read_text()):
                yield f"{path.name} pins {found}"


RULES = [one_pin_each, ranges_hold_their_pins, the_environment_uses_them,
         one_python, no_pin_elsewhere]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_pins_hold_together(rule):
    assert "\n".join(rule(ROOT)) == ""


PLANTED = [
    (one_pin_each, "constraints.txt", "numpy==", "NumPy==2.0\nnumpy==",
     "numpy is pinned 2 times"),
    (one_pin_each, "constraints.txt", "torch==", "torch>=",
     "is not pinned to a plain version: ''"),
    (one_pin_each, "constraints.txt", "torch==2.13.0", "torch==2.13.0+cpu",
     "torch is not pinned to a plain version: '2.13.0+cpu'"),
    (ranges_hold_their_pins, "constraints.txt", "mini-racer", "maxi-racer",
     "mini-racer has no pin"),
    (ranges_hold_their_pins, "pyproject.toml", "numpy>=2.0", "numpy>=999",
     "outside its range"),
    (ranges_hold_their_pins, "pyproject.toml", "numpy>=2.0", "numpy",
     "numpy has no range"),
    (the_environment_uses_them, "environment.yml", "pip\n", "pip>>24\n",
     "conda cannot read 'pip>>24'"),
    (the_environment_uses_them, "environment.yml", ".[book,test]", ".[book]",
     "environment.yml gives pip ['-e .[book]'"),
    (the_environment_uses_them, "environment.yml", "-c constraints.txt",
     "numpy", "environment.yml gives pip"),
    (one_python, "pyproject.toml", '">=3.11"', '">=3.12"',
     "environment.yml does not ask for python>=3.12"),
    (one_python, "Makefile", "(3, 11)", "(3, 9)",
     "the Makefile does not check for Python 3.11"),
    (no_pin_elsewhere, "Makefile", "-c constraints.txt", "numpy==2.4.6",
     "Makefile pins numpy==2.4.6"),
    (no_pin_elsewhere, "pyproject.toml", "numpy>=2.0", "numpy==2.0",
     "pyproject.toml pins numpy==2.0"),
]


@pytest.mark.parametrize("rule, file, right, wrong, sentence", PLANTED,
                         ids=[sentence for *_, sentence in PLANTED])
def test_the_rule_reports_its_planted_fault(rule, file, right, wrong,
                                            sentence, tmp_path):
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    text = (tmp_path / file).read_text()
    assert right in text
    (tmp_path / file).write_text(text.replace(right, wrong, 1))
    assert sentence in "\n".join(rule(tmp_path))


def test_every_rule_has_a_planted_fault():
    assert set(RULES) == {rule for rule, *_ in PLANTED}


def test_what_the_library_imports_is_declared():
    declared = {canonicalize_name(Requirement(text).name)
                for text in project(ROOT)["dependencies"]}
    used = {full.split(".")[0]
            for tree in modules(ROOT / "dlbook_lib").values()
            for full in imported(tree)}
    # What only running chapters needs comes with the tests.
    declared |= {canonicalize_name(Requirement(text).name)
                 for text in project(ROOT)["optional-dependencies"]["test"]
                 if text.startswith(("torch", "pygraphviz"))}
    used -= sys.stdlib_module_names | {"dlbook_lib"}
    names = {canonicalize_name(IMPORTED_AS.get(name, name)) for name in used}
    assert names - declared == set()


def test_what_the_pinned_packages_need_is_pinned_too():
    pinned = dict(pins(ROOT))
    missing, seen, queue = set(), set(), list(requirements(ROOT))
    while queue:
        wanted = queue.pop()
        name = canonicalize_name(wanted.name)
        if (name, *wanted.extras) in seen or OF_TORCH.match(name):
            continue
        seen.add((name, *wanted.extras))
        if name not in pinned or pinned[name] not in wanted.specifier:
            missing.add(str(wanted))
            continue
        for text in importlib.metadata.requires(name) or []:
            inner = Requirement(text)
            if inner.marker is None or any(
                    inner.marker.evaluate({"extra": extra})
                    for extra in ["", *wanted.extras]):
                queue.append(inner)
    assert missing == set()
