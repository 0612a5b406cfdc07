"""Named arrays to and from one .npz, whole or not at all."""
import os
from pathlib import Path

import numpy as np


def save_arrays(path, arrays):
    """Arrays to one .npz, written beside it and then moved into place."""
    path = Path(path)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with open(partial, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def load_arrays(path):
    """The arrays of one .npz; a clear error when the file is damaged."""
    with open(path, "rb") as file:
        try:
            with np.load(file, allow_pickle=False) as found:
                return {name: found[name] for name in found.files}
        # By the place of the damage, zipfile and NumPy raise ten kinds.
        except Exception as cause:
            raise ValueError(f"{path} is not a readable .npz of parameters "
                             f"({cause}). Save it again.") from cause
