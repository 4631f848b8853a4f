"""Turning a spatial picture: rotation matrices as flat lists of nine numbers, row by row. Pure."""

import math

STRAIGHT = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
# Yaw and pitch of a spatial picture at first: seen a little from the side and from above, so that its depth is visible.
FIRST = (-0.55, 0.4)


def turned(matrix, yaw, pitch):
    """`matrix` followed by a rotation by `yaw` about the screen's vertical and one by `pitch` about its horizontal."""
    cos_yaw, sin_yaw = math.cos(yaw), math.sin(yaw)
    cos_pitch, sin_pitch = math.cos(pitch), math.sin(pitch)
    about_upright = [cos_yaw, 0.0, sin_yaw, 0.0, 1.0, 0.0, -sin_yaw, 0.0, cos_yaw]
    about_width = [1.0, 0.0, 0.0, 0.0, cos_pitch, -sin_pitch, 0.0, sin_pitch, cos_pitch]
    return orthonormal(product(about_width, product(about_upright, matrix)))


def product(first, second):
    """The product of two matrices."""
    return [
        sum(first[3 * row + inner] * second[3 * inner + column] for inner in range(3))
        for row in range(3)
        for column in range(3)
    ]


def orthonormal(matrix):
    """`matrix` made orthonormal again, row by row (Gram-Schmidt), because rounding errors add up over many turns."""
    first = _unit(matrix[0:3])
    second = matrix[3:6]
    share = sum(a * b for a, b in zip(first, second))
    second = _unit([b - share * a for a, b in zip(first, second)])
    third = [
        first[1] * second[2] - first[2] * second[1],
        first[2] * second[0] - first[0] * second[2],
        first[0] * second[1] - first[1] * second[0],
    ]
    return first + second + third


def _unit(vector):
    length = math.sqrt(sum(number * number for number in vector))
    return [number / length for number in vector]
