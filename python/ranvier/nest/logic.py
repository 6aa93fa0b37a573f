"""Decisions on Parameters."""

from ._parameters import conditional

__all__ = ["conditional"]
