"""What has to hold of numbers that were measured, however fast or slow the machine is."""

import math
from numbers import Number


def are_positive(numbers):
    """Whether there are any numbers, and all of them finite and above zero."""
    numbers = list(numbers)
    return bool(numbers) and all(isinstance(each, Number) and math.isfinite(each) and each > 0 for each in numbers)


def are_not_negative(numbers):
    """Whether there are any numbers, and all of them finite and none below zero."""
    numbers = list(numbers)
    return bool(numbers) and all(isinstance(each, Number) and math.isfinite(each) and each >= 0 for each in numbers)
