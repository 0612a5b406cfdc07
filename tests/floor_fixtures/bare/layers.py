class Bare:
    pass


def shapeless(a):
    """a."""


def _private(a):
    return a
