class Tanh:
    """Nobody knows the labels of a chapter to come.

    Source: chapter 11, eq-to-come.
    """
