"""The two views by what the lab has answered: where everything must be on the screen, and what is seen there."""

import base64
import json
from pathlib import Path

import numpy as np

from lab import network, picking
from lab.contour import BREAK
from page.plots import axes
from page.plots.camera import Camera
from page.plots.mapping import Mapping
from spec import fields
from tools import browser

SCRIPT = Path(__file__).with_name("answers.js")
# Of a mark, in CSS pixels.
RADIUS = 4.2
# What a path's numbers are multiples of in the left view.
UNIT = 0.001
# Where a ring is seen, and a crosshair, in CSS pixels from the middle.
RING = [(9 * np.cos(angle), 9 * np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 16, endpoint=False)]
CROSSHAIR = [(-6, 0), (6, 0), (0, -6), (0, 6)]
# Two colours that are no farther apart, in each of red, green and blue, look the same: edges are smoothed, and what
# lies below may shine through.
ALIKE = 60


class Stage:
    """A page with both its views; `left` and `right` are its `View`s."""

    def __init__(self, lab):
        self.lab, self.page = lab, lab.page
        self.left, self.right = LeftView(lab), RightView(lab)
        self.views = self.left, self.right

    def rest(self):
        """Waits until nothing moves any more and all that was asked for has been drawn."""
        self.page.evaluate("answers.rest()")

    def view(self, name):
        """A value of the view that the last picture was drawn for."""
        return self.page.evaluate("name => answers.view[name]", name)

    def answer(self, name):
        """A part of the last picture: an array, flat, or what else it is."""
        return answer(self.page, name)

    def positions(self):
        """Where the points lie in the right view, shape (points, 2)."""
        return self.answer("positions").reshape(-1, 2)

    def record(self):
        """Forgets the pictures so far, and tells the `moving` of those to come until `pictures` asks."""
        self.page.evaluate("Object.assign(answers, {moving: [], positions: [], seconds: [], recording: true})")

    def pictures(self):
        """`(moving, positions)` of every picture since `record`, shapes (pictures,) and (pictures, points, 2)."""
        moving, positions = self.page.evaluate("[answers.moving, answers.positions]")
        return np.array(moving), np.array(positions).reshape(len(moving), -1, 2)

    def hyperparameters(self):
        """The experiment in the page's address."""
        experiment, complaints = fields.from_query(self.page.evaluate("location.hash"))
        assert not complaints
        return experiment

    def untrained(self, points=None, **changes):
        """Every layer's output by name of the network as it is drawn by the seed, for the data's points or others."""
        experiment = {**self.hyperparameters(), **changes}
        points = self.left.points() if points is None else np.array(points, np.float32)
        return network.predict(experiment, *network.initialize(experiment), points)

    def colour(self, name):
        """A colour of the theme, such as `--class-0`: (red, green, blue)."""
        text = self.page.evaluate("name => getComputedStyle(document.documentElement).getPropertyValue(name)", name)
        return np.array([int(text.strip()[start : start + 2], 16) for start in (1, 3, 5)])

    def wrong(self):
        """Which points the lab says the network has wrong, as bool: those whose places in the plane it sends."""
        path, unit = self.answer("plane_wrong"), self.page.evaluate("answers.start.unit")
        places = path[path != BREAK].reshape(-1, 2) * unit + answer(self.page, "plane", "start")[:2]
        away = np.abs(self.left.points()[:, None] - places[None]).max(axis=2)
        return (away <= unit).any(axis=1)

    def chosen(self):
        """The numbers of the points that are chosen, as the lab draws them."""
        return np.flatnonzero(picking.mask(self.view("selected"), len(self.left.labels()))).tolist()

    def chosen_text(self):
        return self.page.locator("#selection").inner_text() if self.page.locator("#selection").is_visible() else ""

    def readouts(self):
        """What is said below both views."""
        return [self.page.locator(f"#{view.identifier}-readout").text_content() for view in self.views]


class View:
    """A view by its canvas; places on it are in CSS pixels from its top left corner."""

    def __init__(self, lab):
        self.lab, self.page = lab, lab.page
        self.canvas = lab.page.locator(f"#{self.identifier}")

    def size(self):
        return self.canvas.evaluate(
            "canvas => [canvas.getBoundingClientRect().width, canvas.getBoundingClientRect().height]"
        )

    def box(self):
        return self.mapping().box

    def at(self, positions):
        """Where places of the view's plane, shape (n, 2), lie on the canvas."""
        mapping = self.mapping()
        return np.array(mapping.middle) + (np.array(positions) - mapping.centre) * [mapping.scale, -mapping.scale]

    def place(self, place):
        """The place of the view's plane that lies at a place of the canvas."""
        return self.mapping().place(*place)

    def inside(self, places, margin=0):
        """Whether places, shape (…, 2), lie in the plot, so far from its edges; the page is asked once for all."""
        left, top, width, height = self.box()
        across, down = np.moveaxis(np.array(places) - [left, top], -1, 0)
        return (margin <= across) & (across <= width - margin) & (margin <= down) & (down <= height - margin)

    def to_page(self, place):
        """A place in the window's coordinates, after the canvas has been scrolled into sight."""
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        return box["x"] + place[0], box["y"] + place[1]

    def hover(self, place):
        self.page.mouse.move(*self.to_page(place))

    def drag(self, *places, steps=1):
        """Presses at the first place, goes to each of the others, and lets go."""
        self.hover(places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*self.to_page(place), steps=steps)
        self.page.mouse.up()

    def touch(self, *moments, rests=False):
        """Fingers on the canvas: a list of places for each moment, of as many fingers; lets go at the end.

        `rests`: only when all has been drawn.
        """
        session = self.page.context.new_cdp_session(self.page)
        for index, places in enumerate(moments):
            fingers = [self.to_page(place) for place in places]
            touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
            kind = "touchMove" if index else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
        if rests:
            self.page.evaluate("answers.rest()")
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        session.detach()

    def tap(self, place):
        self.page.touchscreen.tap(*self.to_page(place))

    def press(self, *keys):
        self.canvas.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def label(self):
        return self.canvas.get_attribute("aria-label")

    def wait_for_label(self, text):
        browser.wait_for(
            self.page,
            "([id, text]) => document.getElementById(id).getAttribute('aria-label').includes(text)",
            [self.identifier, text],
        )

    def wait_for_no_label(self, text):
        browser.wait_for(
            self.page,
            "([id, text]) => !document.getElementById(id).getAttribute('aria-label').includes(text)",
            [self.identifier, text],
        )

    def picture(self):
        """All its pixels: (height, width, 4), red, green, blue and alpha."""
        picture = self.page.evaluate("id => answers.picture(id)", self.identifier)
        pixels = np.frombuffer(base64.b64decode(picture["bytes"]), np.uint8)
        return pixels.reshape(picture["height"], picture["width"], 4).astype(int)

    def colours(self, places, picture=None):
        """What is seen at places: (places, 3)."""
        if picture is None:
            # Only these few pixels cross.
            asked = [self.identifier, json.dumps(np.array(places).tolist())]
            return read(self.page.evaluate("([id, places]) => answers.colours(id, places)", asked)).reshape(-1, 3)
        ratio = picture.shape[1] / self.size()[0]
        x, y = np.floor(np.array(places) * ratio).astype(int).T
        return picture[y, x, :3]

    def shows(self, shape, place, colour, picture=None):
        """Whether all of a shape, offsets from a place, is seen there in a colour."""
        return bool(alike(self.colours(np.array(shape) + place, picture), colour).all())

    def text(self):
        """The size of the page's text in pixels, 13 at least, with which axes and marks grow."""
        return max(13, round(self.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")))

    def plot_box(self):
        """`(left, top, width, height)` of the plot in its canvas, if the texts of its ticks are as short as most."""
        text = self.text()
        return axes.plot_box(*self.size(), axes.scaled(axes.MARGIN_LEFT, text), text)

    def radius(self):
        """The radius of a mark, where there is room for it."""
        return max(2.6, RADIUS * min(self.text() / 13, min(self.size()) / 280))

    def apart(self, distance=None):
        """The numbers of the points that are in sight and farther than that, or a mark's width, from any other."""
        distance = 2 * self.radius() if distance is None else distance
        places = self.places()
        between = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
        np.fill_diagonal(between, np.inf)
        lonely = between.min(axis=1) > distance
        return np.flatnonzero(lonely & self.inside(places, 4)).tolist()

    def empty_place(self, away=20):
        """A place in the plot with no point near, and not in its middle."""
        left, top, width, height = self.box()
        places = self.places()
        for across in np.linspace(0.3, 0.9, 25):
            for down in np.linspace(0.3, 0.9, 25):
                place = np.round([left + across * width, top + down * height])
                if np.hypot(*(places - place).T).min() > away:
                    return place
        raise AssertionError("there are points everywhere")


class LeftView(View):
    identifier = "boundary"

    def points(self):
        """The data: (points, 2) in the plane's own units."""
        return answer(self.page, "points", "start").reshape(-1, 2)

    def labels(self):
        return answer(self.page, "labels", "start")

    def training(self):
        return answer(self.page, "training", "start").astype(bool)

    def mapping(self):
        """The square in the middle of the canvas; its texts are short."""
        *middle, half = answer(self.page, "plane", "start")
        return Mapping(axes.square(self.plot_box()), *middle, half)

    def places(self):
        return self.at(self.points())


class RightView(View):
    identifier = "representation"

    def camera(self):
        """The camera as it comes to rest if nobody zooms or pans: it has followed every picture since the start."""
        camera = Camera()
        for extent in read(self.page.evaluate("answers.extents.join()")).reshape(-1, 3).tolist():
            camera.fit(*extent)
        camera.glide(True)
        return camera

    def mapping(self):
        return Mapping(self.plot_box(), *self.camera().view())

    def places(self):
        return self.at(answer(self.page, "positions").reshape(-1, 2))

    def handles(self):
        """Where the tips of the tour's axes are, by the axis's number."""
        return {int(number): self.handle_at(x, y) for number, x, y in answer(self.page, "axes").reshape(-1, 3)}

    def handle_at(self, x, y):
        """Where a tip is on the canvas, given in units of the circle that the tips lie in."""
        mapping = self.mapping()
        radius = 0.84 * mapping.reach
        return np.array(mapping.middle) + radius * np.array([x, -y])


def answer(page, name, which="frame"):
    """A part of the lab's last answer: an array, flat, or a plain value."""
    value = page.evaluate(
        """([which, name]) => {
            const value = answers[which][name];
            return ArrayBuffer.isView(value) ? {numbers: value.join()} : value;
        }""",
        [which, name],
    )
    return read(value["numbers"]) if isinstance(value, dict) else value


def read(text):
    """Numbers that the page has joined by commas: as text they cross many times as fast as one by one."""
    return np.array(json.loads(f"[{text}]"))


def alike(colours, colour, tolerance=ALIKE):
    """Which colours, shape (n, 3), look like one."""
    return (np.abs(np.array(colours) - colour) <= tolerance).all(axis=-1)


def segments(path, unit=UNIT):
    """A path's segments, shape (n, 2, 2): both ends of each, in the path's own units times `unit`."""
    breaks = np.flatnonzero(path == BREAK)
    lines = [line[line != BREAK].reshape(-1, 2) for line in np.split(path, breaks) if len(line) > 2]
    pieces = [np.stack([line[:-1], line[1:]], axis=1) for line in lines]
    return unit * np.concatenate(pieces) if pieces else np.zeros((0, 2, 2))


def enclosed(polygon, places, near=2):
    """`(surely, perhaps)`: numbers of the places in a polygon, without and with those within `near` pixels of its edge.

    Counts how often a ray to the right crosses an edge.
    """
    places = np.array(places)
    inside = np.zeros(len(places), bool)
    nearest = np.full(len(places), np.inf)
    for start, end in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        (x, y), (dx, dy) = start, np.subtract(end, start)
        between = (y > places[:, 1]) != (y + dy > places[:, 1])
        if dy:
            inside ^= between & (places[:, 0] < x + (places[:, 1] - y) / dy * dx)
        share = np.clip(((places - start) @ (dx, dy)) / (dx * dx + dy * dy), 0, 1)
        nearest = np.minimum(nearest, np.hypot(*(places - start - share[:, None] * (dx, dy)).T))
    clear = nearest > near
    return set(np.flatnonzero(inside & clear).tolist()), set(np.flatnonzero(inside | ~clear).tolist())
