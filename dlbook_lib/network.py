"""MLP: boxes stacked into a network, its parameters in one flat theta."""
from math import isfinite
from types import MappingProxyType

import numpy as np

from dlbook_lib.checks import FLOATS, batch, finite, floating
from dlbook_lib.criteria import Mean, SoftmaxCrossEntropy
from dlbook_lib.flowgraph import Input, Leaf, bprop, fprop
from dlbook_lib.initializers import glorot_uniform, zeros
from dlbook_lib.layers import Preactivation, Relu, Softmax
from dlbook_lib.storage import load_arrays, save_arrays


class MLP:
    """a(k) = b(k) + W(k) h(k-1), h(k) = g(a(k)), f(x) = o(a(L+1)), h(0) = x.

    sizes = (D, units of each hidden layer ..., outputs). Weights are drawn
    by W_init, biases start at 0. The criterion compares a(L+1) with the
    target in training; o stands on a(L+1) in prediction.
    Source: Larochelle, forward propagation; chapter 11, eq-mlp.
    """

    def __init__(self, sizes, rng, g=Relu, o=Softmax,
                 criterion=SoftmaxCrossEntropy, W_init=glorot_uniform,
                 penalty=None, dtype=np.float64):
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError("sizes are (inputs, hidden units ..., outputs), "
                             f"each at least 1; got {sizes}.")
        self.sizes, self.dtype = tuple(sizes), np.dtype(dtype)
        if self.dtype not in FLOATS:
            raise TypeError(f"dtype is float32 or float64; got {self.dtype}.")
        self._recipe = dict(g=g, o=o, criterion=criterion, W_init=W_init,
                            penalty=penalty, dtype=dtype)
        leaves = {}
        for k, shape in enumerate(zip(sizes[1:], sizes[:-1]), start=1):
            W = np.asarray(W_init(shape, rng), dtype=self.dtype)
            b = np.asarray(zeros(shape[:1], rng), dtype=self.dtype)
            leaves[f"W{k}"], leaves[f"b{k}"] = Leaf(W), Leaf(b)
        # Read only: another Leaf would not be the one in the graphs.
        self.parameters = MappingProxyType(leaves)
        self._tie_parameters()
        self._build_graphs(g, o, criterion, penalty)

    def _tie_parameters(self):
        """Make every parameter a view into theta, its gradient into grad."""
        leaves = self.parameters.values()
        P = sum(leaf.value.size for leaf in leaves)
        self._theta, self._grad = np.zeros((2, P), dtype=self.dtype)
        start = 0
        for leaf in leaves:
            here = slice(start, start + leaf.value.size)
            leaf.tie(self._theta[here].reshape(leaf.value.shape),
                     self.grad[here].reshape(leaf.value.shape))
            start = here.stop

    def _build_graphs(self, g, o, criterion, penalty):
        """Training and prediction: two graphs on the same leaves."""
        self.x, self.y = Input(), Input()
        h = h_test = self.x
        for k in range(1, len(self.sizes)):
            b, W = self.parameters[f"b{k}"], self.parameters[f"W{k}"]
            a = Preactivation(b, W, h)
            a_test = a.at_test(b, W, h_test)
            if k < len(self.sizes) - 1:
                h = g(a)
                h_test = h.at_test(a_test)
        self.objective = Mean(criterion(a, self.y))
        if penalty is not None:
            weights = [self.parameters[f"W{k}"]
                       for k in range(1, len(self.sizes))]
            self.objective = penalty(self.objective, *weights)
        self.output = o(a_test)

    @property
    def theta(self):
        return self._theta

    @theta.setter
    def theta(self, new):
        if new is not self._theta:  # `net.theta -= ...` hands back the same
            raise ValueError(
                "theta was replaced, which would cut the weights loose from "
                "it. Update it in place: net.theta[...] = new, or -=.")

    @property
    def grad(self):
        return self._grad

    @grad.setter
    def grad(self, new):
        if new is not self._grad:
            raise ValueError(
                "grad was replaced, so the next gradient would not reach it. "
                "Change it in place: net.grad[...] = new, or *=.")

    def risk(self, X, y):
        """Mean loss (plus penalty) of a batch: X (N, D), y (N,) -> number."""
        self.x.value, self.y.value = self._batch(X), np.asarray(y)
        risk = float(fprop(self.objective))
        if not isfinite(risk):
            raise FloatingPointError(
                f"The risk is {risk}. Lower the learning rate, look at the "
                "weights, np.abs(net.theta).max(), and at the targets.")
        return risk

    def risk_and_gradient(self, X, y):
        """The risk and its gradient, a view into net.grad, shape (P,)."""
        risk = self.risk(X, y)
        bprop(self.objective)
        for name, leaf in self.parameters.items():
            if leaf.grad is None:
                raise ValueError(f"No path leads from {name} to the risk, so "
                                 "it has no gradient. Look at bprop of g.")
        return risk, self.grad

    def predict(self, X):
        """f(x) for each row: (N, D) -> (N, outputs), by the test graph."""
        self.x.value = self._batch(X)
        return fprop(self.output)

    def _batch(self, X):
        X = finite(batch(X, "MLP", self.sizes[0]), "MLP's batch")
        return X.astype(self.dtype, copy=False)

    def copy(self):
        """Another network with the same parameters and graphs."""
        twin = MLP(self.sizes, np.random.default_rng(0), **self._recipe)
        twin.theta[...] = self.theta
        return twin

    def __deepcopy__(self, memo):
        return self.copy()

    def __reduce__(self):
        raise TypeError("An MLP is not pickled: its parameters are views into "
                        "theta. Use net.save(path) and net.load(path).")

    def save(self, path):
        """Write the parameters to one .npz: all of it, or nothing."""
        save_arrays(path, {n: p.value for n, p in self.parameters.items()})

    def load(self, path):
        """Read what save wrote, into this network, if every shape fits."""
        arrays = load_arrays(path)
        shapes = {n: p.value.shape for n, p in self.parameters.items()}
        found = {n: a.shape for n, a in arrays.items()}
        if found != shapes:
            raise ValueError(f"{path} holds {found}; this network needs "
                             f"{shapes}. Build it with the same sizes.")
        # All are looked at before the first is written.
        for name, array in arrays.items():
            finite(floating(array, name), f"{name} in {path}")
        for name, leaf in self.parameters.items():
            leaf.value = arrays[name]
