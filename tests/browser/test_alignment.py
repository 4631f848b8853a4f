"""Colours, points, boundary, grid lines and pointer of a view agree to half a pixel, whatever its size.

The scale is read off the marks as they are painted; all else must follow it. What the network says is computed here.
"""

import re

import numpy as np
import pytest

from lab import network
from lab.run import Run
from lab.timeline import next_epoch
from page.plots import axes
from tests import sweeps
from tests.browser.answers import RADIUS, Stage, alike
from tests.browser.conftest import visit

FRAGMENT = "dataset=spiral&seed=3&hidden_layers=8,8&learning_rate=0.1&shading=classes&contour=off&speed=250&layer=input"
SIZES = [(1280, 800), (1920, 1080), (1024, 768), (820, 1180), (390, 844), (844, 390)]
RATIOS = (1, 1.5, 2)
HALF_A_PIXEL = 0.5


def pytest_generate_tests(metafunc):
    """Without `--alignment-all` each view at each size with one ratio of pixels: both views see all, each other pairs.

    Of the desktops' sizes each has another ratio, and of the others'.
    """
    shift = metafunc.function is test_all_of_the_right_view_has_one_scale
    pairs = [
        pytest.param(ratio, size, id=f"{ratio}-{size[0]}x{size[1]}")
        for place, ratio in enumerate(RATIOS)
        for number, size in enumerate(SIZES)
        if sweeps.whole(metafunc.config, "alignment") or (number + number // 3 + shift) % 3 == place
    ]
    metafunc.parametrize(("ratio", "size"), pairs)


@pytest.fixture(scope="module")
def trained(chromium, origin):
    """`trained(ratio)`: `(stage, predict)` of the page that has trained on a screen of so many pixels a CSS pixel.

    `predict(points)` is every layer's output there, in NumPy.
    """
    pages = {}

    def at(ratio):
        if ratio not in pages:
            pages[ratio] = train(visit(chromium, origin, FRAGMENT, device_scale_factor=ratio))
        return pages[ratio]

    yield at
    for stage, _ in pages.values():
        assert stage.lab.complaints == []
        stage.page.context.close()


def train(lab):
    stage = Stage(lab)
    lab.play_to(60)
    # Where it pauses is a matter of chance; the same network is looked at every time.
    epochs = [0]
    while next_epoch(epochs[-1]) <= 60:
        epochs.append(next_epoch(epochs[-1]))
    stage.rest()
    lab.page.get_by_label("Timeline", exact=True).fill(str(epochs[-1]))
    lab.wait(f"document.documentElement.dataset.epoch === '{epochs[-1]}'")
    stage.rest()
    run = Run(stage.hyperparameters(), drawn=False)
    while run.steps < lab.number("step"):
        run._take_steps(min(run._chunk(), int(lab.number("step")) - run.steps))
    run._measure(run.trainer.output())
    # It is the page's network.
    assert run.metrics[0] == pytest.approx(lab.number("train-loss"), rel=1e-6)
    parameters, _, statistics = run.trainer.arrays()
    return stage, lambda points: network.predict(run.experiment, parameters, statistics, np.float32(points))


def fitted(stage, view, picture, places, among=None):
    """`(offset, scale)` by the marks of points that stand alone, or of `among`: a pixel is offset + scale * place.

    It is fitted to both axes at once; no mark may lie half a pixel off.
    """
    ratio = picture.shape[1] / view.size()[0]
    colours = np.array([stage.colour("--class-0"), stage.colour("--class-1")])
    labels = stage.left.labels()
    guesses = view.places()
    found, pixels = [], []
    larger = view.radius() / RADIUS
    least = 20 * larger**2
    for index in view.apart(13 * max(1, larger)) if among is None else among:
        if view.inside(guesses[index], 8):
            x, y = np.round(guesses[index] * ratio).astype(int)
            reach = int(6 * max(1, larger) * ratio)
            window = picture[y - reach : y + reach + 1, x - reach : x + reach + 1, :3]
            rows, columns = np.nonzero(alike(window, colours[labels[index]], 60))
            if len(rows) > least * ratio * ratio:
                found.append(index)
                pixels.append(((x - reach + columns.mean() + 0.5) / ratio, (y - reach + rows.mean() + 0.5) / ratio))
    assert len(found) > 2
    x, y = np.array(pixels).T
    across, up = places[found].T
    # One scale for both: x = a + s * across, y = b - s * up.
    matrix = np.concatenate(
        [
            np.stack([np.ones_like(x), np.zeros_like(x), across], axis=1),
            np.stack([np.zeros_like(y), np.ones_like(y), -up], axis=1),
        ]
    )
    (left, top, scale), *_ = np.linalg.lstsq(matrix, np.concatenate([x, y]), rcond=None)
    off = np.abs(matrix @ (left, top, scale) - np.concatenate([x, y]))
    assert off.max() < 2 * HALF_A_PIXEL
    assert off.mean() < HALF_A_PIXEL / 2
    return np.array([left, top]), scale


def few_chosen(stage, view):
    """Points far from one another that have been chosen, so that they lie above all others, which are faded."""
    places, few = view.places(), []
    for index in range(60):
        if view.inside(places[index], 8) and all(np.hypot(*(places[index] - places[other])) > 16 for other in few):
            few.append(index)
    canvas = stage.lab.picture("Decision boundary")
    canvas.press("Escape")
    for index in range(few[-1] + 1):
        canvas.press("n")
        if index in few:
            canvas.press("Enter")
    # The last one has a ring around it, which may not lie over any of them.
    for index in range(few[-1] + 1, len(places)):
        canvas.press("n")
        if all(np.hypot(*(places[index] - places[other])) > 25 for other in few):
            break
    stage.rest()
    return few


def fitted_by_few(stage, view, places):
    """The same by points that are chosen for it and then forgotten, where hardly a point stands alone: on a phone."""
    among = few_chosen(stage, view) if len(view.apart(13)) < 4 else None
    result = fitted(stage, view, view.picture(), places, among)
    if among:
        stage.lab.picture("Decision boundary").press("Escape")
        stage.rest()
    return result


def assert_no_drift(offsets, at, side):
    """Offsets of many places, in pixels, are no more than half a pixel anywhere on a line through them."""
    slope, start = np.polyfit(at, offsets, 1)
    assert abs(start) < HALF_A_PIXEL
    assert abs(start + slope * side) < HALF_A_PIXEL


def edges_along(predict, offset, scale, here, last, turned=False):
    """Where along a row of pixels, or with `turned` a column, the network's class changes, in pixels: to a tenth.

    Two changes within one pixel, which nothing that is painted could show, are none.
    """

    def classes(way):
        x, y = (np.full_like(way, here), way) if turned else (way, np.full_like(way, here))
        places = np.stack([(x - offset[0]) / scale, (offset[1] - y) / scale], axis=1)
        return network.output(predict(places)).argmax(axis=1)

    way = np.arange(0, last)
    changed = way[np.flatnonzero(np.diff(classes(way)))]
    if not len(changed):
        return changed
    fine = changed[:, None] + np.linspace(0, 1, 11)
    row, tenth = np.nonzero(np.diff(classes(fine.ravel()).reshape(fine.shape), axis=1))
    return fine[row, tenth] + 0.05


def painted_edges(row, colours, ratio):
    """Where along a row of a picture one class's colour gives way to the other's, in CSS pixels."""
    away = colours[1] - colours[0]
    share = (row[:, :3] - colours[0]) @ away / (away @ away)
    steps = np.flatnonzero(np.diff(share > 0.5))
    # A pixel that the boundary runs through has something of both.
    return (steps + 0.5 + (0.5 - share[steps]) / (share[steps + 1] - share[steps])) / ratio


def offsets_of_colours(stage, picture, predict, offset, scale, turned):
    """By how many pixels painted changes of colour lie off those of the network, and where they are, along x or y."""
    view = stage.left
    ratio = picture.shape[1] / view.size()[0]
    neutral = stage.colour("--neutral")
    colours = [neutral + 0.62 * (stage.colour(name) - neutral) for name in ("--class-0", "--class-1")]
    marks = view.places()
    left, top, width, height = view.box()
    offsets, places = [], []
    first, side = (top, height) if turned else (left, width)
    before, before_at = np.array([]), 0.0
    for line in np.linspace(0.04, 0.96, 200):
        pixel = round(((left + line * width) if turned else (top + line * height)) * ratio)
        row = picture[:, pixel] if turned else picture[pixel]
        here = (pixel + 0.5) / ratio
        expected = edges_along(predict, offset, scale, here, first + side, turned)
        seen = painted_edges(row, colours, ratio)
        apart, last = abs(here - before_at), before
        before, before_at = expected, here
        for edge in expected:
            # Where the boundary runs nearly along the line, half a pixel across it is many along it.
            if not len(last) or np.abs(last - edge).min() > 2 * apart:
                continue
            place = (here, edge) if turned else (edge, here)
            if not first + 6 < edge < first + side - 6 or np.hypot(*(marks - place).T).min() < 9:
                continue
            if len(expected) > 1 and np.sort(np.abs(expected - edge))[1] < 8:
                continue
            near = seen[np.abs(seen - edge) < 4]
            if len(near) == 1:
                offsets.append(near[0] - edge)
                places.append(edge - first)
    return np.array(offsets), np.array(places), side


def line_at(picture, ratio, place, turned, span):
    """Where a thin line lies near a place, in CSS pixels: the middle of what stands out from its surroundings."""
    reach = int(5 * ratio)
    middle = round(place * ratio)
    first, last = (int(edge * ratio) for edge in span)
    if turned:
        picture = picture.transpose(1, 0, 2)
    strip = picture[first:last, middle - reach : middle + reach + 1, :3]
    brightness = strip.sum(axis=2).astype(float)
    # By how much each pixel is darker than those two pixels before and after; of many rows the median, for marks and
    # changes of colour are in few of them.
    apart = int(np.ceil(2 * ratio))
    darker = (brightness[:, : -2 * apart] + brightness[:, 2 * apart :]) / 2 - brightness[:, apart:-apart]
    strength = np.median(darker, axis=0)
    strength[strength < 0.3 * strength.max()] = 0
    assert strength.max() > 3
    return (middle - reach + apart + (strength * np.arange(len(strength))).sum() / strength.sum() + 0.5) / ratio


def assert_grid_lines(view, picture, offset, scale, turned):
    """The lines of the ticks lie where the scale of the marks puts their numbers."""
    ratio = picture.shape[1] / view.size()[0]
    left, top, width, height = view.box()
    # Which numbers have ticks is not the question here.
    (values, _, _), (up_values, _, _) = axes.labelled(view.mapping().ranges())
    if turned:
        places, first, side, span = offset[1] - scale * np.array(up_values), top, height, (left + 4, left + width - 4)
    else:
        places, first, side, span = offset[0] + scale * np.array(values), left, width, (top + 4, top + height - 4)
    places = [place for place in places if first + 8 < place < first + side - 8]
    assert len(places) >= 3
    for place in places:
        assert abs(line_at(picture, ratio, place, turned, span) - place) < HALF_A_PIXEL


def offsets_of_contour(stage, predict, offset, scale):
    """By how many pixels the painted boundary lies off the network's, along rows, and where."""
    view = stage.left
    picture = view.picture()
    ratio = picture.shape[1] / view.size()[0]
    dark = alike(picture[..., :3], stage.colour("--boundary"), 70)
    left, top, width, height = view.box()
    marks = view.places()
    offsets, places = [], []
    for line in np.linspace(0.04, 0.96, 200):
        pixel = round((top + line * height) * ratio)
        here = (pixel + 0.5) / ratio
        expected = edges_along(predict, offset, scale, here, left + width)
        columns = np.flatnonzero(dark[pixel])
        for edge in expected:
            alone = len(expected) < 2 or np.sort(np.abs(expected - edge))[1] > 12
            near = columns[np.abs((columns + 0.5) / ratio - edge) < 5]
            clear = np.hypot(*(marks - (edge, here)).T).min() > 12 and left + 8 < edge < left + width - 8
            # A line that is crossed at a right angle, near enough: it is two pixels wide.
            if alone and clear and 0 < len(near) <= 4 * ratio:
                offsets.append((near.mean() + 0.5) / ratio - edge)
                places.append(edge - left)
    return np.array(offsets), np.array(places), width


def assert_readout(stage, offset, scale):
    """The place that is said is the one that is pointed at."""
    place = stage.left.empty_place()
    stage.left.hover(place)
    stage.rest()
    text = stage.readouts()[0]
    said = [float(part.replace("−", "-")) for part in re.search(r"\(([−\d., ]+)\)", text)[1].split(", ")]
    across, up = (place[0] - offset[0]) / scale, (offset[1] - place[1]) / scale
    assert np.abs(np.subtract(said, (across, up))).max() * scale < HALF_A_PIXEL + 0.005 * scale
    stage.page.mouse.move(0, 0)
    stage.rest()


def test_all_of_the_left_view_has_one_scale(trained, ratio, size):
    stage, predict = trained(ratio)
    stage.page.set_viewport_size({"width": size[0], "height": size[1]})
    stage.rest()
    offset, scale = fitted_by_few(stage, stage.left, stage.left.points())
    picture = stage.left.picture()
    for turned in (False, True):
        offsets, places, side = offsets_of_colours(stage, picture, predict, offset, scale, turned)
        assert len(offsets) > 40
        assert_no_drift(offsets, places, side)
        assert_grid_lines(stage.left, picture, offset, scale, turned)
    assert_readout(stage, offset, scale)
    stage.lab.switch_on("contour")
    stage.rest()
    offsets, places, side = offsets_of_contour(stage, predict, offset, scale)
    assert len(offsets) > 30
    assert_no_drift(offsets, places, side)
    stage.lab.switch_off("contour")
    stage.rest()


def test_all_of_the_right_view_has_one_scale(trained, ratio, size):
    stage, predict = trained(ratio)
    stage.page.set_viewport_size({"width": size[0], "height": size[1]})
    for name in ("grid", "boundary"):
        stage.lab.switch_off(name)
    stage.rest()
    outputs = predict(stage.left.points())[stage.view("layer")][:, :2]
    offset, scale = fitted_by_few(stage, stage.right, outputs)
    picture = stage.right.picture()
    for turned in (False, True):
        assert_grid_lines(stage.right, picture, offset, scale, turned)
    index = max(stage.right.apart(4), key=lambda index: np.hypot(*outputs[index]))
    stage.right.hover(offset + scale * outputs[index] * [1, -1])
    stage.rest()
    assert stage.view("point") == index
    stage.page.mouse.move(0, 0)
