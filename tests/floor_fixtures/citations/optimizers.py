class ToCome:
    """Nobody knows the labels of a chapter to come.

    Source: chapter 99, eq-to-come.
    """
