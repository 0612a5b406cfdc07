"""Automatic differentiation: operators that build boxes of the same Node.

grad(f) runs f once on Variables. Each operation in it makes a box, computes
its value at once, and so leaves a flow graph behind, which bprop goes down.
"""
import numpy as np

from dlbook_lib import operations
from dlbook_lib.checks import floating
from dlbook_lib.flowgraph import Input, Leaf, Node, bprop
from dlbook_lib.layers import Tanh


class Variable:
    """A handle on a box: + - * / ** @ [ ] on it build further boxes.

    Variable(array) is a new Leaf; Variable(box) puts operators on any box.
    Shapes: any; operations broadcast as in NumPy.
    Source: chapter 12, eq-adjoint.
    """

    __array_ufunc__ = None  # so that array * Variable asks the Variable

    def __init__(self, box):
        self.box = box if isinstance(box, Node) else Leaf(box)

    value = property(lambda self: self.box.value)
    grad = property(lambda self: self.box.grad)
    shape = property(lambda self: np.shape(self.box.value))
    T = property(lambda self: apply(operations.Transpose, self))

    def __add__(self, other):
        return apply(operations.Add, self, other)

    def __sub__(self, other):
        return apply(operations.Subtract, self, other)

    def __mul__(self, other):
        return apply(operations.Multiply, self, other)

    def __truediv__(self, other):
        return apply(operations.Divide, self, other)

    def __pow__(self, other):
        return apply(operations.Power, self, other)

    def __matmul__(self, other):
        return apply(operations.MatrixProduct, self, other)

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other):
        return apply(operations.Subtract, other, self)

    def __rtruediv__(self, other):
        return apply(operations.Divide, other, self)

    def __rmatmul__(self, other):
        return apply(operations.MatrixProduct, other, self)

    def __neg__(self):
        return self * -1.0

    def __rpow__(self, other):
        return apply(operations.Power, other, self)

    def __getitem__(self, key):
        return apply(operations.Index, self, key=key)

    def _no_truth(self, *other):
        raise TypeError("A Variable is neither true nor false, nor compared: "
                        "the program would lose the branch not taken. Compare "
                        "its value, or use where(x.value > 0, ...).")

    __bool__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = _no_truth
    __hash__ = object.__hash__

    def sum(self, axis=None, keepdims=False):
        return apply(operations.Sum, self, axis=axis, keepdims=keepdims)

    def mean(self, axis=None, keepdims=False):
        total = self.sum(axis, keepdims)
        return total * (np.size(total.value) / np.size(self.value))

    def max(self, axis=None, keepdims=False):
        return apply(operations.Max, self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape):
        return apply(operations.Reshape, self, shape=shape)


def apply(kind, *arguments, **settings):
    """Make a box of this kind, compute its value, put operators on it.

    Arguments are Variables, boxes, arrays or numbers. Shapes: the box's.
    Source: chapter 12.
    """
    box = kind(*_boxes(arguments), **settings)
    box.fprop()
    return Variable(box)


def _boxes(arguments):
    boxes = [one.box if isinstance(one, Variable) else one
             for one in arguments]
    kinds = [one.value.dtype for one in boxes if isinstance(one, Node)]
    # A bare number takes the others' precision, as in NumPy; with integers,
    # or with nothing but numbers, that is float64.
    dtype = np.result_type(np.float32, *kinds) if kinds else np.float64
    for k, one in enumerate(boxes):
        if isinstance(one, int | float) and not isinstance(one, bool):
            boxes[k] = Input(np.asarray(one, dtype=dtype))
        elif not isinstance(one, Node):
            boxes[k] = Input(floating(one, "an operand"))
    return boxes


def exp(u):
    """e^u, entry by entry. Shapes: any -> the same. Source: chapter 12."""
    return apply(operations.Exp, u)


def log(u):
    """log u, entry by entry. Shapes: any -> the same. Source: chapter 12."""
    return apply(operations.Log, u)


def tanh(u):
    """tanh u, entry by entry. Shapes: any -> the same. Source: chapter 12."""
    return apply(Tanh, u)


def maximum(u, v):
    """The larger, entry by entry. Shapes: broadcast. Source: chapter 12."""
    return apply(operations.Maximum, u, v)


def where(condition, u, v):
    """u where the condition holds, else v. Shapes: broadcast.

    Source: chapter 12.
    """
    return apply(operations.Where, np.asarray(condition), u, v)


def grad(f):
    """The function that computes the gradient of f, by one way back.

    f takes Variables and returns one number; the result takes arrays and
    returns one gradient for each, alone if there is one argument.
    Shapes: any arrays -> gradients of the same.
    Source: chapter 12, eq-adjoint. Errors: ValueError if f returns more,
    TypeError if it returns something else.
    """
    def gradient(*arrays):
        variables = [Variable(np.asarray(array)) for array in arrays]
        result = f(*variables)
        if not isinstance(result, Variable):
            raise TypeError("grad takes a function that returns a Variable; "
                            f"got {type(result).__name__}. Did it leave the "
                            "graph, by .value or through NumPy?")
        if np.size(result.value) != 1:
            raise ValueError("grad takes a function that returns one number; "
                             f"it returned shape {result.shape}. Sum it, or "
                             "take one entry.")
        bprop(result.box, np.ones(result.shape))
        gradients = [np.zeros(v.shape) if v.grad is None else v.grad
                     for v in variables]
        return gradients[0] if len(gradients) == 1 else tuple(gradients)
    return gradient
