import sys
from pathlib import Path

import hypothesis
import numpy as np
import pytest

# The tools that execute notebooks are scripts of the book, not a package.
TOOLS = Path(__file__).resolve().parent.parent / "book" / "_tools"
sys.path.insert(0, str(TOOLS))

hypothesis.settings.register_profile("book", derandomize=True, deadline=None)
hypothesis.settings.load_profile("book")


@pytest.fixture
def rng():
    return np.random.default_rng(0)
