"""Boxes for the operations of arrays: arithmetic, sums, maxima, indexing.

Shapes broadcast as in NumPy. What an operation repeats on the way up, its
adjoint sums on the way down.
"""
import numpy as np

from dlbook_lib.checks import floating
from dlbook_lib.flowgraph import Node


def sum_to(G, shape):
    """Sum G over the axes along which an array of this shape was repeated.

    The adjoint of broadcasting: <G, broadcast(u)> = <sum_to(G), u>.
    Shapes: any that `shape` broadcasts to -> shape.
    Source: chapter 12, eq-sum-to.
    """
    G = np.asarray(G)
    G = G.sum(axis=tuple(range(G.ndim - len(shape))))
    repeated = tuple(axis for axis, n in enumerate(shape)
                     if n == 1 and G.shape[axis] != 1)
    return G.sum(axis=repeated, keepdims=True)


class Operation(Node):
    """A box with settings, which at_test must not lose.

    Shapes: any. Source: chapter 12.
    """

    def __init__(self, *children, **settings):
        super().__init__(*children)
        self.settings = settings

    def at_test(self, *children):
        return type(self)(*children, **self.settings)


class Elementwise(Operation):
    """w = f(u, v ...), entry by entry; grad u = sum_to(grad w * df/du).

    Shapes: children that broadcast together -> their common shape.
    Source: chapter 12, eq-elementwise-adjoint.
    """

    f, slopes = None, ()

    def fprop(self):
        self.value = floating(self.f(*(c.value for c in self.children)))

    def bprop(self):
        values = [child.value for child in self.children]
        for child, slope in zip(self.children, self.slopes):
            if child.needs_grad:
                G = self.grad * slope(*values, self.value)
                child.add_grad(sum_to(G, np.shape(child.value)))


def elementwise(name, f, *slopes):
    """A box for f; each slope is a function of its arguments and value.

    Shapes: children that broadcast together -> their common shape.
    Source: chapter 12, eq-elementwise-adjoint.
    """
    return type(name, (Elementwise,), {"f": staticmethod(f), "slopes": slopes})


Add = elementwise("Add", np.add, lambda u, v, w: 1.0, lambda u, v, w: 1.0)
Subtract = elementwise(
    "Subtract", np.subtract, lambda u, v, w: 1.0, lambda u, v, w: -1.0)
Multiply = elementwise(
    "Multiply", np.multiply, lambda u, v, w: v, lambda u, v, w: u)
Divide = elementwise(
    "Divide", np.divide, lambda u, v, w: 1 / v, lambda u, v, w: -w / v)
Power = elementwise("Power", np.power, lambda u, v, w: v * u ** (v - 1),
                    lambda u, v, w: w * np.log(u))
Exp = elementwise("Exp", np.exp, lambda u, w: w)
Log = elementwise("Log", np.log, lambda u, w: 1 / u)
# Of two equal entries each gets half, as in PyTorch.
Maximum = elementwise(
    "Maximum", np.maximum, lambda u, v, w: _share(u, v, w),
    lambda u, v, w: _share(v, u, w))
Where = elementwise(
    "Where", lambda c, u, v: np.where(c != 0, u, v), None,
    lambda c, u, v, w: c != 0, lambda c, u, v, w: c == 0)


def _share(u, v, w):
    return ((u > v) + 0.5 * (u == v)).astype(w.dtype)


class Reduction(Operation):
    """Fewer numbers, by a rule, along axes.

    Shapes: any -> without the axes, or 1 there with keepdims.
    Source: chapter 12.
    """

    rule = None

    def fprop(self):
        u, = self.children
        self.value = floating(self.rule(u.value, **self.settings))

    def kept(self, array):
        """The array with the axes that were reduced put back as 1."""
        u, = self.children
        if np.ndim(array) == u.value.ndim:
            return array
        every, axis = tuple(range(u.value.ndim)), self.settings.get("axis")
        return np.expand_dims(array, every if axis is None else axis)


class Sum(Reduction):
    """Sum over axes; the gradient is repeated along them.

    Shapes: any -> without the axes, or 1 there with keepdims.
    Source: chapter 12, eq-sum-adjoint.
    """

    rule = staticmethod(np.sum)

    def bprop(self):
        u, = self.children
        u.add_grad(np.broadcast_to(self.kept(self.grad), u.value.shape))


class Max(Reduction):
    """The largest along axes; the gradient goes to it, shared in a tie.

    Shapes: as Sum. Source: chapter 12, eq-max-adjoint.
    """

    rule = staticmethod(np.max)

    def bprop(self):
        u, = self.children
        won = u.value == self.kept(self.value)
        share = won / won.sum(axis=self.settings.get("axis"), keepdims=True)
        u.add_grad(share.astype(u.value.dtype) * self.kept(self.grad))


class Index(Operation):
    """u[key]; the gradient is added into zeros at [key].

    Shapes: any -> as NumPy's indexing. Source: chapter 12, eq-index-adjoint.
    """

    def fprop(self):
        u, = self.children
        self.value = floating(u.value[self.settings["key"]])

    def bprop(self):
        u, = self.children
        G = np.zeros_like(u.value)  # an entry taken twice adds twice:
        np.add.at(G, self.settings["key"], self.grad)
        u.add_grad(G)


class Reshape(Operation):
    """The same numbers in another shape; so is the gradient.

    Shapes: any -> shape. Source: chapter 12.
    """

    def fprop(self):
        value = self.children[0].value
        self.value = floating(value.reshape(self.settings["shape"]))

    def bprop(self):
        u, = self.children
        u.add_grad(self.grad.reshape(u.value.shape))


class Transpose(Operation):
    """Rows and columns exchanged; in the gradient, back again.

    Shapes: (N, M) -> (M, N). Source: chapter 12.
    """

    def fprop(self):
        self.value = floating(self.children[0].value.T)

    def bprop(self):
        self.children[0].add_grad(self.grad.T)


class MatrixProduct(Operation):
    """W = U V; grad U = grad W V^T, grad V = U^T grad W.

    Shapes: (N, K), (K, M) -> (N, M). Source: chapter 12, eq-matmul-adjoint.
    """

    def fprop(self):
        U, V = self.children
        if np.ndim(U.value) != 2 or np.ndim(V.value) != 2:
            raise ValueError("MatrixProduct takes two tables; got shapes "
                             f"{np.shape(U.value)} and {np.shape(V.value)}. "
                             "Write v.reshape(-1, 1) for a column.")
        self.value = floating(U.value @ V.value)

    def bprop(self):
        U, V = self.children
        U.add_product(self.grad, V.value.T)
        V.add_product(U.value.T, self.grad)
