"""Turning a space by hand: the matrices stay rotations, and the space follows the hand."""

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from page.plots import rotation
from tests.spec.strategies import examples

RIGHT, UP, NEAR = (1, 0, 0), (0, 1, 0), (0, 0, 1)

angles = st.floats(-10, 10)
matrices = st.lists(st.floats(-100, 100), min_size=9, max_size=9)


def array(matrix):
    """A flat matrix as NumPy has it, shape (3, 3)."""
    return np.array(matrix, float).reshape(3, 3)


def seen(matrix, place):
    """Where a place of the space is on the screen: to the right, up, towards the viewer."""
    return tuple(array(matrix) @ place)


def assert_rotation(matrix, slack=1e-12):
    """Orthonormal, and not mirrored."""
    assert len(matrix) == 9
    assert array(matrix) @ array(matrix).T == pytest.approx(np.eye(3), abs=slack)
    assert np.linalg.det(array(matrix)) == pytest.approx(1, abs=slack)


def test_straight_is_the_identity():
    assert array(rotation.STRAIGHT).tolist() == np.eye(3).tolist()
    assert rotation.turned(rotation.STRAIGHT, 0, 0) == rotation.STRAIGHT


def test_dragging_right_moves_the_front_to_the_right():
    matrix = rotation.turned(rotation.STRAIGHT, 0.3, 0)
    assert seen(matrix, NEAR) == pytest.approx((math.sin(0.3), 0, math.cos(0.3)))
    # What is at the right goes to the back, and what is up stays.
    assert seen(matrix, RIGHT) == pytest.approx((math.cos(0.3), 0, -math.sin(0.3)))
    assert seen(matrix, UP) == pytest.approx(UP)


def test_dragging_down_moves_the_front_down():
    matrix = rotation.turned(rotation.STRAIGHT, 0, 0.3)
    assert seen(matrix, NEAR) == pytest.approx((0, -math.sin(0.3), math.cos(0.3)))
    # What is up comes to the front, and what is at the right stays.
    assert seen(matrix, UP) == pytest.approx((0, math.cos(0.3), math.sin(0.3)))
    assert seen(matrix, RIGHT) == pytest.approx(RIGHT)


@examples(100)
@given(angles, angles, st.floats(0.001, 0.1))
def test_the_front_follows_the_hand_however_far_the_space_is_turned(yaw, pitch, by):
    """A turn is about the screen's axes, not the space's."""
    matrix = rotation.turned(rotation.STRAIGHT, yaw, pitch)
    front = array(matrix).T @ NEAR
    assert seen(rotation.turned(matrix, by, 0), front) == pytest.approx((math.sin(by), 0, math.cos(by)), abs=1e-12)
    assert seen(rotation.turned(matrix, 0, by), front) == pytest.approx((0, -math.sin(by), math.cos(by)), abs=1e-12)


def test_at_first_a_space_is_seen_from_above_with_all_its_axes_apart():
    matrix = rotation.turned(rotation.STRAIGHT, *rotation.FIRST)
    assert_rotation(matrix)
    # From above: what is up leans towards the viewer.
    assert seen(matrix, UP)[2] > 0.1
    tips = [np.array(seen(matrix, axis)[:2]) for axis in (RIGHT, UP, NEAR)]
    assert all(np.linalg.norm(tip) > 0.3 for tip in tips)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert abs(np.linalg.det([tips[one], tips[other]])) > 0.1


@examples(100)
@given(angles, angles, angles)
def test_yaw_and_back_is_where_it_was(yaw, pitch, by):
    matrix = rotation.turned(rotation.STRAIGHT, yaw, pitch)
    there = rotation.turned(matrix, by, 0)
    assert rotation.turned(there, -by, 0) == pytest.approx(matrix, abs=1e-12)
    there = rotation.turned(matrix, 0, by)
    assert rotation.turned(there, 0, -by) == pytest.approx(matrix, abs=1e-12)


def test_all_the_way_round_is_where_it_was():
    matrix = rotation.STRAIGHT
    for _ in range(360):
        matrix = rotation.turned(matrix, math.radians(1), 0)
    assert matrix == pytest.approx(rotation.STRAIGHT, abs=1e-12)


def test_thousands_of_turns_leave_a_rotation():
    dice = random.Random(3)
    matrix = rotation.turned(rotation.STRAIGHT, *rotation.FIRST)
    for _ in range(10_000):
        matrix = rotation.turned(matrix, dice.gauss(0, 0.3), dice.gauss(0, 0.3))
    assert_rotation(matrix)


@examples(100)
@given(angles, angles)
def test_first_yaw_then_pitch(yaw, pitch):
    at_once = rotation.turned(rotation.STRAIGHT, yaw, pitch)
    assert_rotation(at_once)
    one_by_one = rotation.turned(rotation.turned(rotation.STRAIGHT, yaw, 0), 0, pitch)
    assert at_once == pytest.approx(one_by_one, abs=1e-12)


@examples(200)
@given(matrices, matrices)
def test_product(first, second):
    before = list(first), list(second)
    expected = array(first) @ array(second)
    assert array(rotation.product(first, second)) == pytest.approx(expected, abs=1e-9)
    assert (first, second) == before


@examples(200)
@given(angles, angles, st.lists(st.floats(-0.05, 0.05), min_size=9, max_size=9))
def test_orthonormal_mends_what_is_nearly_a_rotation(yaw, pitch, errors):
    matrix = rotation.turned(rotation.STRAIGHT, yaw, pitch)
    mended = rotation.orthonormal([number + error for number, error in zip(matrix, errors, strict=True)])
    assert_rotation(mended)
    assert mended == pytest.approx(matrix, abs=0.3)
    assert rotation.orthonormal(matrix) == pytest.approx(matrix, abs=1e-14)


def test_turning_leaves_the_old_matrix_alone():
    before = list(rotation.STRAIGHT)
    rotation.turned(rotation.STRAIGHT, 1, 2)
    assert before == rotation.STRAIGHT
