def sigmoid(a):
    """Source: chapter 07, eq-sigmoid."""


def sigmoid_prime(a):
    """Source: nobody's."""


def tanh(a):
    """Source: chapter 02, eq-nonsense."""


def tanh_prime(a):
    """Source: chapter 02, eq-tanh, and chapter 03."""


def relu(a):
    """A citation may be wrapped. Source: Larochelle; chapter
    02, eq-relu.
    """
