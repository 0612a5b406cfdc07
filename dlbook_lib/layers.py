"""Boxes of the layers: the pre-activation, and activation functions."""
import numpy as np

from dlbook_lib import activations
from dlbook_lib.flowgraph import Node, product


class Preactivation(Node):
    """a = b + W h, for each row h of the batch.

    Shapes: b (D_out,), W (D_out, D_in), h (N, D_in) -> (N, D_out).
    Source: Larochelle, pre-activation; chapter 11, eq-preactivation-bprop.
    """

    def fprop(self):
        b, W, h = self.children
        if (h.value.ndim != 2 or W.value.shape != (*b.value.shape,
                                                   h.value.shape[1])):
            raise ValueError(
                "Preactivation: a = b + W h takes b (D_out,), W (D_out, "
                "D_in) and a batch h (N, D_in), one example per row. It got "
                f"shapes {b.value.shape}, {W.value.shape}, {h.value.shape}. "
                "For one example use x[None, :].")
        self.value = product(h.value, W.value.T)  # each row: W h
        self.value += b.value

    def bprop(self):
        b, W, h = self.children
        b.add_grad(self.grad.sum(axis=0))
        W.add_product(self.grad.T, h.value)  # sum over rows of (grad a) h^T
        h.add_product(self.grad, W.value)    # each row: W^T (grad a)


class Sigmoid(Node):
    """h = sigm(a), elementwise; grad a = grad h * h (1 - h).

    Shapes: (N, D) -> (N, D). Source: chapter 11, eq-elementwise-bprop.
    """

    def fprop(self):
        a, = self.children
        self.value = activations.sigmoid(a.value)

    def bprop(self):
        a, = self.children
        a.add_grad(self.grad * (self.value * (1 - self.value)))


class Tanh(Node):
    """h = tanh(a), elementwise; grad a = grad h * (1 - h^2).

    Shapes: (N, D) -> (N, D). Source: chapter 11, eq-elementwise-bprop.
    """

    def fprop(self):
        a, = self.children
        self.value = activations.tanh(a.value)

    def bprop(self):
        a, = self.children
        a.add_grad(self.grad * (1 - self.value * self.value))


class Relu(Node):
    """h = max(0, a), elementwise; grad a = grad h where a > 0, else 0.

    Shapes: (N, D) -> (N, D). Source: chapter 11, eq-elementwise-bprop.
    """

    def fprop(self):
        a, = self.children
        self.value = activations.relu(a.value)

    def bprop(self):
        a, = self.children
        a.add_grad(self.grad * (a.value > 0))


class LeakyRelu(Node):
    """h = a if a > 0, else slope a; grad a = grad h times 1 or slope.

    Shapes: (N, D) -> (N, D). Source: chapter 11, eq-elementwise-bprop.
    """

    slope = 0.01

    def fprop(self):
        a, = self.children
        self.value = activations.leaky_relu(a.value, self.slope)

    def bprop(self):
        a, = self.children
        a.add_grad(self.grad * activations.leaky_relu_prime(a.value,
                                                            self.slope))


class Elu(Node):
    """h = a if a > 0, else alpha (exp(a) - 1); grad a = grad h elu'(a).

    Shapes: (N, D) -> (N, D). Source: chapter 11, eq-elementwise-bprop.
    """

    alpha = 1.0

    def fprop(self):
        a, = self.children
        self.value = activations.elu(a.value, self.alpha)

    def bprop(self):
        a, = self.children
        a.add_grad(self.grad * activations.elu_prime(a.value, self.alpha))


class Softmax(Node):
    """f = softmax(a), each row; grad a = f * (grad f - <grad f, f>).

    Shapes: (N, C) -> (N, C). Source: chapter 11, eq-softmax-bprop.
    """

    def fprop(self):
        a, = self.children
        self.value = activations.softmax(a.value)

    def bprop(self):
        a, = self.children
        inner = np.sum(self.grad * self.value, axis=1, keepdims=True)
        a.add_grad(self.value * (self.grad - inner))
