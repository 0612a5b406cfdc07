"""Boxes on top: a loss per row, the mean over rows, penalties.

The 1/N of the mean stands in Mean and nowhere else.
"""
import numpy as np

from dlbook_lib import activations, losses, regularizers
from dlbook_lib.checks import class_labels
from dlbook_lib.flowgraph import Node


class Criterion(Node):
    """l(prediction, target) for each row.

    Shapes: (N, C) and a target -> (N,). A subclass names the loss and its
    gradient with respect to the prediction; the target is data, without one.
    Source: Larochelle, flow graph; chapter 11.
    """

    loss = loss_grad = None

    def __init__(self, prediction, target):
        super().__init__(prediction, target)
        if target.needs_grad:
            raise ValueError(f"{type(self).__name__} has no gradient for its "
                             "target: make the target an Input.")

    def fprop(self):
        prediction, target = self.children
        self.value = self.loss(prediction.value, target.value)

    def bprop(self):
        prediction, target = self.children
        grad = self.loss_grad(prediction.value, target.value)
        prediction.add_grad(self.grad[:, None] * grad)


class SoftmaxCrossEntropy(Criterion):
    """l = -log softmax(a)_y; grad a = grad l (softmax(a) - e(y)).

    Shapes: a (N, C), y (N,) -> (N,).
    Source: chapter 11, eq-softmax-cross-entropy-bprop.
    """

    def fprop(self):
        a, y = self.children
        self.log_f = activations.log_softmax(a.value)
        N, C = self.log_f.shape
        self.rows = np.arange(N), class_labels(y.value, N, C)
        self.value = -self.log_f[self.rows]

    def bprop(self):
        a, y = self.children
        grad = np.exp(self.log_f)      # f(x), kept in the forward pass as log
        grad[self.rows] -= 1           # f(x) - e(y)
        grad *= self.grad[:, None]
        a.add_grad(grad)


class SigmoidCrossEntropy(Criterion):
    """l = cross-entropy of sigm(a) against y; grad a = grad l (sigm(a) - y).

    Shapes: a (N, D), y (N, D) -> (N,).
    Source: chapter 11, eq-sigmoid-cross-entropy-bprop.
    """

    loss = staticmethod(losses.sigmoid_cross_entropy)
    loss_grad = staticmethod(losses.sigmoid_cross_entropy_grad)


class NegativeLogLikelihood(Criterion):
    """l = -log f_y; grad f = -grad l e(y) / f_y.

    Shapes: f (N, C), y (N,) -> (N,).
    Source: chapter 11, eq-nll-bprop.
    """

    loss = staticmethod(losses.negative_log_likelihood)
    loss_grad = staticmethod(losses.negative_log_likelihood_grad)


class SquaredError(Criterion):
    """l = 1/2 |f - y|^2; grad f = grad l (f - y).

    Shapes: f (N, D), y (N, D) -> (N,).
    Source: chapter 11, eq-squared-error-bprop.
    """

    loss = staticmethod(losses.squared_error)
    loss_grad = staticmethod(losses.squared_error_grad)


class Mean(Node):
    """The risk 1/N sum_n l_n; grad l_n = grad / N.

    Shapes: (N,) -> (). Source: Larochelle, empirical risk; chapter 11,
    eq-mean-bprop.
    """

    def fprop(self):
        losses_, = self.children
        if losses_.value.ndim != 1 or losses_.value.size == 0:
            raise ValueError("Mean takes one loss per row, shape (N,) with "
                             f"N >= 1; got {losses_.value.shape}.")
        self.value = losses_.value.sum() / losses_.value.size

    def bprop(self):
        losses_, = self.children
        grad = np.empty_like(losses_.value)
        grad.fill(self.grad / grad.size)
        losses_.add_grad(grad)


class Penalty(Node):
    """risk + lambda sum_W Omega(W): children are the risk, then weights.

    Shapes: (), any number of weights -> (). A subclass names Omega and its
    gradient. Source: Larochelle, regularization; chapter 16.
    """

    omega = omega_grad = None

    def __init__(self, risk, *weights, lambda_):
        super().__init__(risk, *weights)
        if not lambda_ >= 0:
            raise ValueError(f"lambda_ must be 0 or more; got {lambda_}.")
        self.lambda_ = float(lambda_)

    def at_test(self, *children):
        return type(self)(*children, lambda_=self.lambda_)

    def fprop(self):
        risk, *weights = self.children
        Omega = sum(self.omega(W.value) for W in weights)
        self.value = risk.value + self.lambda_ * Omega

    def bprop(self):
        risk, *weights = self.children
        risk.add_grad(self.grad)
        for W in weights:
            W.add_grad(self.grad * self.lambda_ * self.omega_grad(W.value))


class L2Penalty(Penalty):
    """risk + lambda sum_W sum_ij W_ij^2; grad W gains 2 lambda W.

    Shapes: (), any number of weights -> (). Source: chapter 16,
    eq-l2-bprop. Differs: torch's weight_decay is 2 lambda.
    """

    omega = staticmethod(regularizers.l2)
    omega_grad = staticmethod(regularizers.l2_grad)


class L1Penalty(Penalty):
    """risk + lambda sum_W sum_ij |W_ij|; grad W gains lambda sign(W).

    Shapes: (), any number of weights -> (). Source: chapter 16, eq-l1-bprop.
    """

    omega = staticmethod(regularizers.l1)
    omega_grad = staticmethod(regularizers.l1_grad)
