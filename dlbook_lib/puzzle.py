"""Further pieces for the puzzle: boxes that choose, mix and gate."""
import numpy as np

from dlbook_lib.checks import class_labels, floating
from dlbook_lib.flowgraph import Node


class MaxPool(Node):
    """The largest in each size x size window; the gradient goes to it.

    A row is an image of shape (H, W), written row by row. In a tie the first
    wins, as in torch's max_pool2d. Shapes: (N, H W) -> (N, H W / size^2).
    Source: chapter 13, eq-max-pool-bprop.
    """

    def __init__(self, h, shape, size=2):
        super().__init__(h)
        self.shape, self.size = tuple(shape), size
        if any(side % size for side in self.shape):
            raise ValueError(f"MaxPool cuts an image of {self.shape} into "
                             f"windows of {size} x {size}, which do not fit.")

    def at_test(self, h):
        return MaxPool(h, self.shape, self.size)

    def windows(self, rows):
        """(N, H W) as (N, windows, size^2)."""
        (H, W), s = self.shape, self.size
        cut = rows.reshape(len(rows), H // s, s, W // s, s)
        return cut.transpose(0, 1, 3, 2, 4).reshape(len(rows), -1, s * s)

    def fprop(self):
        h, = self.children
        if h.value.shape[1] != np.prod(self.shape):
            raise ValueError(f"MaxPool was made for images of {self.shape}; "
                             f"got rows of {h.value.shape[1]} numbers.")
        cut = self.windows(floating(h.value))
        self.winner = cut.argmax(axis=2)
        self.value = cut.max(axis=2)

    def bprop(self):
        h, = self.children
        # Where each number of a window comes from, cut the same way.
        here = self.windows(np.arange(h.value.shape[1])[None])[0]
        G = np.zeros(h.value.shape, dtype=self.grad.dtype)
        rows = np.arange(len(G))[:, None]
        G[rows, here[np.arange(len(here)), self.winner]] = self.grad
        h.add_grad(G)


class Select(Node):
    """Row n of branch c_n; the gradient goes down that branch only.

    Children are the choice c and the branches. c gets no gradient: a nudge
    of it changes nothing, or jumps. Shapes: c (N,) integers, branches
    (N, D) each -> (N, D). Source: chapter 13, eq-select-bprop.
    """

    def __init__(self, choice, *branches):
        super().__init__(choice, *branches)
        if choice.needs_grad:
            raise ValueError("Select hands no gradient to its choice: make it "
                             "an Input, or use Mix, which has one.")

    def fprop(self):
        choice, *branches = self.children
        stacked = np.stack([branch.value for branch in branches])
        self.rows = np.arange(stacked.shape[1])
        self.c = class_labels(choice.value, len(self.rows), len(branches),
                              "the choice")
        self.value = floating(stacked[self.c, self.rows])

    def bprop(self):
        for k, branch in enumerate(self.children[1:]):
            branch.add_grad(self.grad * (self.c == k)[:, None])


class Mix(Node):
    """sum_k p_k branch_k for each row: a choice made soft.

    grad branch_k = p_k grad, grad p_k = <grad, branch_k>.
    Shapes: p (N, K), K branches (N, D) -> (N, D).
    Source: chapter 13, eq-mix-bprop.
    """

    def fprop(self):
        p, *branches = self.children
        if p.value.shape[1] != len(branches):
            raise ValueError(f"Mix has {len(branches)} branches; p has "
                             f"{p.value.shape[1]} columns.")
        self.value = floating(sum(p.value[:, [k]] * branch.value
                                  for k, branch in enumerate(branches)))

    def bprop(self):
        p, *branches = self.children
        p.add_grad(np.stack([(self.grad * branch.value).sum(axis=1)
                             for branch in branches], axis=1))
        for k, branch in enumerate(branches):
            branch.add_grad(self.grad * p.value[:, [k]])
