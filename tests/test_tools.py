"""The tools that execute chapters: the same bytes twice, or a refusal."""

import json
import subprocess
import sys

import execution
import gpu_record
import nbformat
import notebooks
import portability
import pytest
import torch
from execution import Refused

CHAPTER = """\
---
kernelspec:
  display_name: Any
  language: python
  name: python3
myst:
  html_meta:
    description: A trial.
---

# A trial

```{code-cell}
:tags: [answer]

import os
from dlbook_lib.chapter import agree
agree(naive=1, library=1, equation="eq-one")
```

```{code-cell}
PLANTED
```
"""


@pytest.fixture
def write(tmp_path):
    """Write a chapter whose second cell is the code that is given."""
    def write(code):
        path = tmp_path / "01_trial.md"
        path.write_text(CHAPTER.replace("PLANTED", code))
        return path
    return write


def notebook_of(text):
    return nbformat.read(text.with_suffix(".ipynb"), as_version=4)


def test_a_second_run_gives_the_same_bytes(write):
    text = write("print(6 * 7)\nprint(os.getcwd()[:0])\nobject")
    assert "written" in notebooks.refresh(text)
    first = text.with_suffix(".ipynb").read_bytes()
    assert "unchanged" in notebooks.refresh(text)
    assert text.with_suffix(".ipynb").read_bytes() == first
    assert first.endswith(b"\n") and not first.endswith(b"\n\n")


def test_the_notebook_is_in_normal_form(write):
    text = write("from ipywidgets import IntSlider\nIntSlider()")
    notebooks.refresh(text)
    notebook = notebook_of(text)
    assert [cell.id for cell in notebook.cells] == [
        "cell-00", "cell-01", "cell-02",
    ]
    assert notebook.cells[1].metadata == {"tags": ["answer"]}
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python",
                       "name": "python3"},
        "language_info": {"name": "python"},
        "myst": {"html_meta": {"description": "A trial."}},
    }
    assert execution.WIDGET_MIME not in json.dumps(notebook)


def test_a_chapter_runs_in_its_folder_on_one_thread(write):
    text = write(
        "print(os.path.basename(os.getcwd()), os.environ['OMP_NUM_THREADS'])"
    )
    notebooks.refresh(text)
    printed = notebook_of(text).cells[2].outputs[0].text
    assert printed == f"{text.parent.name} 1\n"


@pytest.mark.parametrize("code, said", [
    ("1 / 0", "ZeroDivisionError"),
    ("import warnings\nwarnings.warn('beware')", "cell-02 writes to stderr"),
    ("os._exit(1)", "died"),
])
def test_a_fault_is_refused_and_the_old_notebook_stays(write, code, said):
    text = write("print('old')")
    notebooks.refresh(text)
    old = text.with_suffix(".ipynb").read_bytes()
    with pytest.raises(Refused, match=said) as told:
        notebooks.refresh(write(code))
    assert "01_trial" in str(told.value)
    assert text.with_suffix(".ipynb").read_bytes() == old
    assert sorted(path.name for path in text.parent.iterdir()) == [
        "01_trial.ipynb", "01_trial.md",
    ]


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "old.ipynb"
    path.write_text("old")

    def interrupted(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(path), "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        execution.write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_chapters_are_chosen_by_number(tmp_path):
    for name in ("00_tour", "02_later", "index"):
        (tmp_path / f"{name}.md").write_text("")
    chosen = execution.chapter_texts(["02"], tmp_path)
    assert [text.stem for text in chosen] == ["02_later"]
    chosen = execution.chapter_texts([], tmp_path)
    assert [text.stem for text in chosen] == ["00_tour", "02_later"]
    with pytest.raises(Refused, match="no chapter 07; .* are 00, 02"):
        execution.chapter_texts(["07"], tmp_path)


def test_the_command_refuses_a_chapter_that_is_not_there():
    run = subprocess.run(
        [sys.executable, notebooks.__file__, "99"],
        capture_output=True, text=True,
    )
    assert run.returncode == 1
    assert run.stderr.startswith("Refused: there is no chapter 99")


@pytest.mark.parametrize("code, same", [
    ("print('steady')", True),
    ("print(os.environ.get('ATEN_CPU_CAPABILITY'))", False),
    ("from IPython.display import HTML\n"
     "HTML('<b>' + os.environ.get('ATEN_CPU_CAPABILITY', ''))", False),
])
def test_output_that_follows_the_processor_is_told(write, code, same):
    text = write(code)
    notebooks.refresh(text)
    told = portability.compare(text, {"ATEN_CPU_CAPABILITY": "default"})
    assert [one.splitlines()[0] for one in told] == (
        [] if same else ["cell-02 printed something else"]
    )


def test_portability_needs_a_notebook_of_the_same_text(write):
    text = write("print(1)")
    with pytest.raises(Refused, match="execute it first"):
        portability.compare(text, {})
    notebooks.refresh(text)
    text.write_text(text.read_text() + "\n```{code-cell}\n1\n```\n")
    (told,) = portability.compare(text, {})
    assert "older than its text" in told


def test_pixels_may_differ_but_words_may_not():
    def cell(data):
        return {"outputs": [{"data": data}]}
    frame = '<img src="data:image/png;base64,{}">'
    one, other = (
        list(portability.texts(cell({"image/png": pixels,
                                     "text/html": frame.format(pixels),
                                     "text/plain": "a line"})))
        for pixels in ("AAAA", "BBBB")
    )
    assert one == other and "a line" in one


def test_the_checks_of_a_notebook_are_recorded(write):
    text = write("agree(naive=2, library=2, quantity='q')")
    notebook = execution.execute(text)
    assert gpu_record.records("01_trial", notebook) == [
        {"chapter": "01_trial", "equation": "eq-one", "quantity": "one",
         "kind": "agree", "ways": ["naive", "library"], "tolerance": 1e-12},
        {"chapter": "01_trial", "equation": None, "quantity": "q",
         "kind": "agree", "ways": ["naive", "library"], "tolerance": 1e-12},
    ]


def test_without_a_gpu_nothing_is_recorded(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    result = tmp_path / "results" / "gpu.json"
    monkeypatch.setattr(gpu_record, "RESULT", result)
    with pytest.raises(SystemExit, match="PyTorch sees no CUDA device"):
        gpu_record.main()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def executed(monkeypatch, tmp_path):
    """Two chapters; what the tools ask to execute, and in which settings."""
    asked, chapters = [], [tmp_path / "01_one.md", tmp_path / "02_two.md"]
    check = {"equation": None, "quantity": "q"}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(
        id="cell-00", outputs=[nbformat.v4.new_output(
            "display_data", {gpu_record.CHECK_MIME: check, "text/plain": "q"}
        )],
    )])

    def execute(text, env=()):
        asked.append((text.stem, env))
        return notebook

    for text in chapters:
        nbformat.write(notebook, text.with_suffix(".ipynb"))
    for tool in (gpu_record, notebooks, portability):
        monkeypatch.setattr(tool, "execute", execute)
        monkeypatch.setattr(tool, "chapter_texts", lambda numbers: chapters)
    return asked


@pytest.fixture
def gpu(monkeypatch, tmp_path):
    """A GPU that there is not, and the file where its record goes."""
    result = tmp_path / "results" / "gpu.json"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "A GPU")
    monkeypatch.setattr(gpu_record, "RESULT", result)
    return result


def test_every_chapter_is_recorded_on_the_gpu(executed, gpu):
    gpu_record.main()
    assert executed == [
        ("01_one", {"DLBOOK_DEVICE": "cuda"}),
        ("02_two", {"DLBOOK_DEVICE": "cuda"}),
    ]
    recorded = json.loads(gpu.read_text())
    assert recorded["device"] == "A GPU"
    assert recorded["versions"]["torch"] == torch.__version__
    assert [check["chapter"] for check in recorded["checks"]] == [
        "01_one", "02_two",
    ]


def refuse(text, env=()):
    raise Refused(f"{text.stem}: broken")


def test_a_refusal_ends_each_tool_with_a_reason(executed, gpu, monkeypatch):
    for tool, arguments in (
        (gpu_record, []), (notebooks, [[]]), (portability, [[]])
    ):
        monkeypatch.setattr(tool, "execute", refuse)
        with pytest.raises(SystemExit) as ended:
            tool.main(*arguments)
        assert ended.value.code == "Refused: 01_one: broken"
    assert not gpu.exists()


def test_every_chapter_is_executed_as_if_on_every_processor(executed):
    portability.main([])
    assert len(portability.PROCESSORS) == 2
    assert executed == [
        (chapter, env) for chapter in ("01_one", "02_two")
        for env in portability.PROCESSORS.values()
    ]


def test_portability_ends_badly_where_a_cell_differs(executed, tmp_path):
    path = tmp_path / "02_two.ipynb"
    stored = nbformat.read(path, as_version=4)
    stored.cells[0].outputs[0].data["text/plain"] = "p"
    nbformat.write(stored, path)
    with pytest.raises(SystemExit) as ended:
        portability.main([])
    assert ended.value.code == "2 cells print something else."
