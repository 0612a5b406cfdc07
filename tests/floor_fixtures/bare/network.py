def bare():
    return 0


def told():
    """Enough where there is no equation."""
