"""train: epochs of mini-batches, and what was seen on the way."""
from dataclasses import dataclass, field

import numpy as np
from tqdm import tqdm

from dlbook_lib.checks import batch, class_labels, finite
from dlbook_lib.data import minibatches


@dataclass
class History:
    """The risk of every step, and the held-out accuracy of every epoch.

    Source: chapter 11.
    """

    risks: list = field(default_factory=list)
    accuracies: list = field(default_factory=list)


def accuracy(net, X, y):
    """The share of rows whose largest output is their class.

    Shapes: X (N, D), y (N,) integers -> a number in [0, 1].
    Source: chapter 11.
    """
    if net.sizes[-1] < 2:
        raise ValueError("accuracy needs one output per class, at least 2; "
                         f"this network has {net.sizes[-1]}.")
    F = net.predict(X)
    return float((F.argmax(axis=1) == class_labels(y, *F.shape)).mean())


def train(net, X, y, optimizer, epochs, batch_size, rng, held_out=None):
    """For every epoch, for every mini-batch: theta <- step(theta, grad).

    held_out is a pair (X, y) whose accuracy is noted after each epoch.
    Returns a History. Source: Larochelle, stochastic gradient descent;
    chapter 11, eq-training.
    """
    # Checked and cast once, where data enter: float64 rows would silently
    # turn a float32 network's every step into float64.
    X = finite(batch(X, "train", net.sizes[0]), "the training set")
    X, y = X.astype(net.dtype, copy=False), np.asarray(y)
    history = History()
    for _ in tqdm(range(epochs), desc="epochs", disable=None):
        for X_batch, y_batch in minibatches(X, y, batch_size, rng):
            risk, grad = net.risk_and_gradient(X_batch, y_batch)
            optimizer.step(net.theta, grad)
            history.risks.append(risk)
        if held_out is not None:
            history.accuracies.append(accuracy(net, *held_out))
    return history
