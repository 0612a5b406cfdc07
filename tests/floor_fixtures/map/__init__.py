"""Floors: losses."""
from dlbook_lib import losses
