"""The boxes under test: one line gives a box its finite differences, its
PyTorch cross-check, its fan-out and its dtypes.

A line names the box, the shapes of the children that are parameters, and,
where the box has one, its target. Children are normal numbers kept 0.1 away
from 0, where some boxes have their kink.
"""
from dataclasses import dataclass, field

import numpy as np
import torch
from functions import away_from_kinks
from torch.nn.functional import max_pool2d

from dlbook_lib import criteria, layers, operations, puzzle
from dlbook_lib.activations import softmax
from dlbook_lib.flowgraph import Input, Leaf
from dlbook_lib.torch_twin import counterpart


@dataclass
class Box:
    kind: type
    shapes: list
    target: np.ndarray = None
    draw: callable = away_from_kinks
    keywords: dict = field(default_factory=dict)
    in_torch: callable = None
    target_first: bool = False

    def arrays(self, rng):
        """One array for each parameter."""
        return [self.draw(rng, shape) for shape in self.shapes]

    def make(self, children):
        """The box on these children, and on its target."""
        target = [] if self.target is None else [Input(self.target)]
        all_of_them = ([*target, *children] if self.target_first
                       else [*children, *target])
        return self.kind(*all_of_them, **self.keywords)

    def on_leaves(self, arrays):
        """The box on a Leaf for each array, and the leaves."""
        leaves = [Leaf(array) for array in arrays]
        return self.make(leaves), leaves

    def twin(self):
        """The same function of tensors."""
        return self.in_torch or counterpart(self.kind)

    def __str__(self):
        return self.kind.__name__


def probabilities(rng, shape):
    return softmax(rng.normal(size=shape))


def positive(rng, shape):
    return rng.uniform(0.6, 2, size=shape)


def select(u, v, c):
    return torch.where(c[:, None] == 0, u, v)


def pool(h):
    return max_pool2d(h.reshape(-1, 1, 4, 4), 2).reshape(-1, 4)


def mix(p, u, v):
    return p[:, :1] * u + p[:, 1:] * v


def l2_penalty(risk, *weights):
    return risk + 0.3 * sum(W.square().sum() for W in weights)


def l1_penalty(risk, *weights):
    return risk + 0.3 * sum(W.abs().sum() for W in weights)


LABELS = np.array([3, 0, 1, 1, 2])
BRANCHES = np.array([0, 1, 1, 0, 1])
CHOSEN = np.arange(20).reshape(5, 4) % 3 == 0
SHARES = np.linspace(0, 1, 20).reshape(5, 4)
WEIGHTS = [(), (3, 4), (2, 3)]

BOXES = [
    Box(layers.Preactivation, [(3,), (3, 4), (5, 4)]),
    Box(layers.Sigmoid, [(5, 4)]),
    Box(layers.Tanh, [(5, 4)]),
    Box(layers.Relu, [(5, 4)]),
    Box(layers.LeakyRelu, [(5, 4)]),
    Box(layers.Elu, [(5, 4)]),
    Box(layers.Softmax, [(5, 4)]),
    Box(criteria.SoftmaxCrossEntropy, [(5, 4)], LABELS),
    Box(criteria.SigmoidCrossEntropy, [(5, 4)], SHARES),
    Box(criteria.NegativeLogLikelihood, [(5, 4)], LABELS, probabilities),
    Box(criteria.SquaredError, [(5, 4)], SHARES),
    Box(criteria.Mean, [(5,)]),
    Box(operations.Add, [(5, 4), (4,)], in_torch=torch.add),
    Box(operations.Subtract, [(5, 1), (1, 4)], in_torch=torch.sub),
    Box(operations.Multiply, [(5, 4), (5, 1)], in_torch=torch.mul),
    Box(operations.Divide, [(5, 4), (4,)], draw=positive,
        in_torch=torch.div),
    Box(operations.Power, [(5, 4), (4,)], draw=positive,
        in_torch=torch.pow),
    Box(operations.Exp, [(5, 4)], in_torch=torch.exp),
    Box(operations.Log, [(5, 4)], draw=positive, in_torch=torch.log),
    Box(operations.Maximum, [(5, 4), (4,)], in_torch=torch.maximum),
    Box(operations.Where, [(5, 4), (4,)], CHOSEN, target_first=True,
        in_torch=lambda u, v, c: torch.where(c, u, v)),
    Box(operations.Sum, [(5, 4)], keywords=dict(axis=0),
        in_torch=lambda u: u.sum(dim=0)),
    Box(operations.Max, [(5, 4)], keywords=dict(axis=1, keepdims=True),
        in_torch=lambda u: u.amax(dim=1, keepdim=True)),
    Box(operations.Index, [(5, 4)], keywords=dict(key=[0, 3, 3]),
        in_torch=lambda u: u[[0, 3, 3]]),
    Box(operations.Reshape, [(5, 4)], keywords=dict(shape=(2, 10)),
        in_torch=lambda u: u.reshape(2, 10)),
    Box(operations.Transpose, [(5, 4)], in_torch=lambda u: u.T),
    Box(operations.MatrixProduct, [(5, 4), (4, 3)], in_torch=torch.matmul),
    Box(puzzle.MaxPool, [(5, 16)], keywords=dict(shape=(4, 4)),
        in_torch=pool),
    Box(puzzle.Select, [(5, 3), (5, 3)], BRANCHES, in_torch=select,
        target_first=True),
    Box(puzzle.Mix, [(5, 2), (5, 3), (5, 3)], in_torch=mix),
    Box(criteria.L2Penalty, WEIGHTS, keywords=dict(lambda_=0.3),
        in_torch=l2_penalty),
    Box(criteria.L1Penalty, WEIGHTS, keywords=dict(lambda_=0.3),
        in_torch=l1_penalty),
]
