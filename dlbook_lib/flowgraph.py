"""The flow graph: boxes that know their children, their value, their grad.

A box computes its value from its children's (fprop), and adds into each
child's gradient what reaches the loss through it (bprop). Layers, losses and
automatic differentiation are all this one Node.
"""
import numpy as np

from dlbook_lib.checks import floating


def product(A, B):
    """A B, stored by columns: every batch in the graph has one layout.

    Shapes: (N, K), (K, M) -> (N, M). Source: chapter 11, eq-product.
    """
    return np.matmul(A, B, order="F")


class Node:
    """A box: children, value, grad, fprop(), bprop().

    A box writes fprop (set self.value) and bprop (call add_grad or
    add_product on its children). Source: Larochelle, flow graph; chapter 11,
    eq-bprop.
    """

    value = None

    def __init__(self, *children):
        for child in children:
            if not isinstance(child, Node):
                raise TypeError(
                    f"{type(self).__name__} takes boxes as children; got "
                    f"{type(child).__name__}. Wrap an array: Leaf(array) for "
                    "a parameter, Input(array) for data.")
        self.children = children
        self.needs_grad = any(child.needs_grad for child in children)
        self.grad = self._below = None

    def fprop(self):
        """Set value from the children's values."""
        raise NotImplementedError(f"{type(self).__name__} has no fprop")

    def bprop(self):
        """Add to the children's gradients, given self.grad."""
        raise NotImplementedError(f"{type(self).__name__} has no bprop")

    def add_grad(self, G):
        """A gradient arrives: the first is kept, later ones are added."""
        if self.needs_grad:
            # Never in place: the array may be another box's gradient too.
            self.grad = G if self.grad is None else self.grad + G

    def add_product(self, A, B):
        """add_grad(product(A, B)), not computed where nobody needs it."""
        if self.needs_grad:
            self.add_grad(product(A, B))

    def at_test(self, *children):
        """The box that stands here when predicting: by default a copy."""
        return type(self)(*children)


class Input(Node):
    """Data or targets: a value that no gradient is wanted for.

    Source: Larochelle, flow graph; chapter 11.
    """

    def __init__(self, value=None):
        super().__init__()
        self.value = None if value is None else np.asarray(value)

    def fprop(self):
        pass


class Leaf(Node):
    """A parameter: a value, and room for its gradient.

    Assigning to value copies into the array that is there, so that a
    parameter that is a view into a network's theta stays one.
    Source: Larochelle, flow graph; chapter 11.
    """

    def __init__(self, value):
        super().__init__()
        self.needs_grad = True
        self._value = np.array(floating(value, "Leaf"))
        self._room = np.zeros_like(self._value)

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, new):
        new = floating(new, "Leaf")
        if new.shape != self._value.shape:
            raise ValueError(f"This Leaf holds shape {self._value.shape}; got "
                             f"{new.shape}. For another shape make a new one.")
        self._value[...] = new

    def tie(self, value, room):
        """Live in these two arrays from now on (views into flat vectors)."""
        value[...] = self._value
        self._value, self._room, self.grad = value, room, None

    def fprop(self):
        pass

    def bprop(self):
        pass

    def add_grad(self, G):
        if np.shape(G) != self._room.shape:
            raise ValueError(f"A gradient of shape {np.shape(G)} arrives at a "
                             f"Leaf of shape {self._room.shape}. Where a box "
                             "repeats a value, its gradients are summed.")
        if self.grad is None:
            self._room[...] = G
            self.grad = self._room
        else:
            self.grad += G

    def add_product(self, A, B):
        if self.grad is None:
            # A batch of one: NumPy's matmul is slow with a single column.
            times = np.multiply if A.shape[1] == 1 else np.matmul
            self.grad = times(A, B, out=self._room)
        else:
            self.grad += A @ B


def topological_order(root):
    """Every box below root once, children before parents, root last.

    Found without recursion, so depth is no limit, and kept in the root.
    Source: Larochelle, flow graph; chapter 11.
    """
    if root._below is None:
        below, seen, stack = [], {root}, [(root, iter(root.children))]
        while stack:
            node, children = stack[-1]
            child = next((c for c in children if c not in seen), None)
            if child is None:
                stack.pop()
                below.append(node)
            else:
                seen.add(child)
                stack.append((child, iter(child.children)))
        # Without the root itself: a box that held itself would never be freed.
        root._below = tuple(below[:-1])
    return (*root._below, root)


def fprop(root):
    """Compute every value below root, children first; return root's.

    Source: Larochelle, flow graph; chapter 11.
    """
    for node in topological_order(root):
        node.fprop()
    return root.value


def bprop(root, G=None):
    """Set grad of every box below root to d(sum of G * root.value).

    G has root's shape; a root that is one number needs none.
    Source: Larochelle, flow graph; chapter 11, eq-bprop.
    """
    order = topological_order(root)
    if not root.needs_grad or root.value is None:
        raise ValueError("bprop needs a value and a parameter below: call "
                         "fprop first, on a graph with at least one Leaf.")
    value = np.asarray(root.value)
    # In the value's own dtype, so that a float32 graph stays float32.
    G = np.asarray(1 if G is None else G, dtype=value.dtype)
    if G.shape != value.shape:
        raise ValueError(f"bprop from a value of shape {value.shape} needs G "
                         f"of that shape; got {G.shape}. Pass one, or put a "
                         "box such as Mean on top.")
    for node in order:
        node.grad = None
    root.add_grad(G)
    for node in reversed(order):
        if node.grad is not None:
            node.bprop()
