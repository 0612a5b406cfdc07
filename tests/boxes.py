"""The boxes under test: one line gives a box its finite differences, its
PyTorch cross-check, its fan-out and its dtypes.

A line names the box, the shapes of the children that are parameters, and,
where the box has one, its target. Children are normal numbers kept 0.1 away
from 0, where some boxes have their kink.
"""
from dataclasses import dataclass, field

import numpy as np
from functions import away_from_kinks

from dlbook_lib import criteria, layers
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

    def arrays(self, rng):
        """One array for each parameter."""
        return [self.draw(rng, shape) for shape in self.shapes]

    def make(self, children):
        """The box on these children, and on its target."""
        target = [] if self.target is None else [Input(self.target)]
        return self.kind(*children, *target, **self.keywords)

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


def l2_penalty(risk, *weights):
    return risk + 0.3 * sum(W.square().sum() for W in weights)


def l1_penalty(risk, *weights):
    return risk + 0.3 * sum(W.abs().sum() for W in weights)


LABELS = np.array([3, 0, 1, 1, 2])
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
    Box(criteria.L2Penalty, WEIGHTS, keywords=dict(lambda_=0.3),
        in_torch=l2_penalty),
    Box(criteria.L1Penalty, WEIGHTS, keywords=dict(lambda_=0.3),
        in_torch=l1_penalty),
]
