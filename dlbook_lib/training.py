"""train: epochs of mini-batches, and what was seen on the way."""
from dataclasses import dataclass, field

import numpy as np
from tqdm import tqdm

from dlbook_lib.checkpoint import Checkpoint
from dlbook_lib.checks import batch, class_labels, finite, positive
from dlbook_lib.data import minibatches
from dlbook_lib.schedules import constant


@dataclass
class History:
    """The risk of every step, and the held-out accuracy of every epoch.

    Source: chapter 11.
    """

    risks: list = field(default_factory=list)
    accuracies: list = field(default_factory=list)
    epochs: int = 0

    def note(self, t, accuracy):
        """Epoch t is done; returns the held-out error, or None."""
        self.epochs = t
        if accuracy is None:
            return None
        self.accuracies.append(accuracy)
        return 1 - accuracy


class EarlyStopping:
    """Keep the theta of the lowest error; enough when it is patience old.

    t* = argmin_t error_t (the first, if several are equal); over at the
    first t >= t* + patience. Shapes: theta (P,).
    Source: Larochelle, early stopping; chapter 20, eq-look-ahead.
    """

    def __init__(self, patience):
        self.patience = positive(patience, "patience")
        self.error, self.epoch, self.theta = np.inf, 0, None

    def look(self, t, error, theta):
        """Epoch t left this error and this theta: keep them if they lead."""
        if error < self.error:
            # In this order an interrupt between two lines does no harm.
            self.theta = theta.copy()
            self.epoch, self.error = t, float(error)

    def over(self, t):
        """Has the best been waiting for patience epochs?"""
        return t - self.epoch >= self.patience

    def restore(self, theta):
        """Put the best back, in place; nothing if there is none yet."""
        if self.theta is not None:
            theta[...] = self.theta


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


def train(net, X, y, optimizer, epochs, batch_size, rng, held_out=None,
          schedule=constant, stopping=None, checkpoint=None):
    """For every epoch, for every mini-batch: theta <- step(theta, grad).

    held_out is a pair (X, y) whose accuracy is noted after each epoch, and
    whose error, 1 - accuracy, is told to the schedule of the rate and to
    stopping, an EarlyStopping, which may end the run and gives back the best
    theta however it ends (Ctrl-C and a diverging risk included). checkpoint
    is a path: written after each epoch, and if the file is there, the run
    goes on from it. Returns a History.
    Source: Larochelle, stochastic gradient descent; chapter 11, eq-training;
    chapters 17 (schedule) and 20 (stopping, checkpoint).
    """
    X, y = _training_set(net, X, y)
    history, alpha = History(), optimizer.alpha
    parts = _parts(history, optimizer, schedule, stopping, held_out)
    file = checkpoint and Checkpoint(
        checkpoint, net.theta, rng, X, y, batch_size, **parts)
    try:
        for t in tqdm(range(history.epochs + 1, epochs + 1), disable=None):
            if stopping and stopping.over(t - 1):
                break
            for X_batch, y_batch in minibatches(X, y, batch_size, rng):
                risk, grad = net.risk_and_gradient(X_batch, y_batch)
                optimizer.step(net.theta, grad)
                history.risks.append(risk)
            error = history.note(t, held_out and accuracy(net, *held_out))
            optimizer.alpha = alpha * schedule(t, error)
            if stopping:
                stopping.look(t, error, net.theta)
            if file:
                file.save()
    finally:
        if stopping:
            stopping.restore(net.theta)
    return history


def _training_set(net, X, y):
    """Checked and cast once, where data enter: float64 rows would silently
    turn a float32 network's every step into float64.
    """
    X = finite(batch(X, "train", net.sizes[0]), "the training set")
    return X.astype(net.dtype, copy=False), np.asarray(y)


def _parts(history, optimizer, schedule, stopping, held_out):
    """What changes in a run beside theta."""
    parts = dict(history=history, optimizer=optimizer, schedule=schedule)
    if stopping is not None:
        if held_out is None:
            raise ValueError("stopping looks at the error of held-out rows: "
                             "give train a held_out pair (X, y).")
        parts["stopping"] = stopping
    return parts
