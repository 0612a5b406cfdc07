class Adam:
    """Nobody knows the labels of a chapter to come.

    Source: chapter 18, eq-to-come.
    """
