"""The elementwise functions under test: add a line, and a function gets its
finite differences, its PyTorch cross-check, its limits and its dtypes.
"""
from collections import namedtuple

import numpy as np

from dlbook_lib import activations as act

# ends: f(-1000), f(1000); slopes: f'(-1000), f'(1000).
Function = namedtuple("Function", "f prime ends slopes")

FUNCTIONS = [
    Function(act.sigmoid, act.sigmoid_prime, (0, 1), (0, 0)),
    Function(act.tanh, act.tanh_prime, (-1, 1), (0, 0)),
    Function(act.relu, act.relu_prime, (0, 1000), (0, 1)),
    Function(act.leaky_relu, act.leaky_relu_prime, (-10, 1000), (0.01, 1)),
    Function(act.elu, act.elu_prime, (-1, 1000), (0, 1)),
    Function(act.softplus, act.softplus_prime, (0, 1000), (0, 1)),
]
# Here there is no slope to check: it is 0 wherever there is one.
WITHOUT_PRIME = [act.step]
BY_ROWS = [act.softmax, act.logsumexp, act.log_softmax]


def away_from_kinks(rng, shape=(5, 4), scale=3):
    """Normal numbers, none within 0.1 of 0."""
    a = rng.normal(scale=scale, size=shape)
    return a + 0.1 * np.sign(a)
