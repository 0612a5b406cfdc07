"""Anything."""
