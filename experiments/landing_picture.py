"""The picture of the landing page: a network bends the plane.

    python experiments/landing_picture.py

Trains one small MLP of the library on three spirals, and writes what it
answers before, early and after learning to book/landing.png.
"""
import base64
from pathlib import Path

import numpy as np

from dlbook_lib.data import spirals
from dlbook_lib.network import MLP
from dlbook_lib.optimizers import Adam
from dlbook_lib.plotting import COLOURS, png_image, plt
from dlbook_lib.training import accuracy, train

EPOCHS = (0, 4, 200)


def panel(axes, net, X, y, title):
    across = np.linspace(-1.15, 1.15, 240)
    plane = np.stack(np.meshgrid(across, across), axis=-1).reshape(-1, 2)
    said = net.predict(plane).argmax(axis=1).reshape(240, 240)
    axes.contourf(across, across, said, np.arange(4) - 0.5,
                  colors=COLOURS[:3], alpha=0.25)
    for c, marker in enumerate("osD"):
        axes.scatter(*X[y == c].T, s=9, marker=marker, color=COLOURS[c])
    axes.set(title=title, xticks=[], yticks=[], aspect="equal")


def main():
    rng = np.random.default_rng(3)
    X, y = spirals(450, rng, C=3, turns=0.9)
    net, optimizer, done = MLP((2, 32, 32, 3), rng), Adam(0.005), 0
    fig, panels = plt.subplots(1, 3, figsize=(8, 3.1))
    for axes, epochs in zip(panels, EPOCHS):
        train(net, X, y, optimizer, epochs - done, 32, rng)
        done = epochs
        right = f"{100 * accuracy(net, X, y):.0f} % right"
        panel(axes, net, X, y, f"after {epochs} epochs: {right}")
    png, _, _ = png_image(fig, dpi=144, colours=64)
    Path("book/landing.png").write_bytes(base64.b64decode(png))


if __name__ == "__main__":
    main()
