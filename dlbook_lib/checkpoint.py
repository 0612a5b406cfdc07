"""A training run in one file: stopped anywhere, it goes on bit for bit."""
import json
from hashlib import sha256
from inspect import signature
from pathlib import Path

import numpy as np

from dlbook_lib.storage import load_arrays, save_arrays


class Checkpoint:
    """What a run needs to go on: theta, the generator, and its parts.

    parts are named objects (an optimizer, a history, ...) whose attributes
    are arrays, numbers, None, or lists of numbers. If the file is there,
    theta, rng and the parts are set to what it holds: the run goes on. It
    is refused if it belongs to a run with other data or other settings.
    Shapes: theta (P,), X (N, D), y (N,). Source: chapter 20.
    """

    def __init__(self, path, theta, rng, X, y, batch_size, **parts):
        self.path, self.theta, self.rng = Path(path), theta, rng
        self.parts = parts
        data = sha256(X.tobytes() + y.tobytes()).hexdigest()[:8]
        self.run = {"data": data, "batch size": batch_size,
                    "dtype": str(theta.dtype), "parameters": theta.size}
        for part, thing in parts.items():
            self.run |= {part: type(thing).__name__, **_settings(part, thing)}
        if self.path.exists():
            self._load()

    def _state(self):
        """The arrays of the parts, and everything else of them."""
        found = {f"{part}.{name}": value for part, thing in self.parts.items()
                 for name, value in vars(thing).items()}
        arrays = {name: value for name, value in found.items()
                  if isinstance(value, np.ndarray)}
        return arrays, {name: value for name, value in found.items()
                        if name not in arrays}

    def save(self):
        """Write it all, or leave the last checkpoint as it is."""
        arrays, numbers = self._state()
        text = json.dumps({"run": self.run, "numbers": numbers,
                           "rng": self.rng.bit_generator.state})
        save_arrays(self.path, {"": np.array(text), "theta": self.theta,
                                **arrays})

    def _load(self):
        arrays, text = self._read()
        for name, mine in self.run.items():
            if text["run"].get(name) != mine:
                raise ValueError(
                    f"{self.path} is the checkpoint of another run: its "
                    f"{name} is {text['run'].get(name)}; this run has {mine}."
                    " Give this run a path of its own.")
        self.theta[...] = arrays.pop("theta")
        self.rng.bit_generator.state = text["rng"]
        for name, value in {**text["numbers"], **arrays}.items():
            part, _, attribute = name.partition(".")
            setattr(self.parts[part], attribute, value)

    def _read(self):
        try:
            arrays = load_arrays(self.path)
            return arrays, json.loads(str(arrays.pop("")))
        except (ValueError, KeyError) as cause:
            raise ValueError(
                f"{self.path} is damaged, or no checkpoint ({cause}). Move it "
                "away to start the run anew.") from cause


def _settings(part, thing):
    """What a part was made with: the rate, the patience ..."""
    names = signature(type(thing)).parameters if vars(thing) else ()
    return {f"{part}.{name}": getattr(thing, name) for name in names
            if isinstance(getattr(thing, name, None), float | int)}
