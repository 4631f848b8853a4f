"""Both views on canvases that only note what is drawn: what a person points at costs no drawing of the points."""

import sys
import types

import numpy as np
import pytest

from lab.plain import PlainTrainer
from lab.run import Run
from spec import registry
from tests import data_sets
from tests.lab import networks
from tests.lab.pictures import view_of


class Typed:
    """A typed array as far as the page asks for it."""

    def __init__(self, array):
        self.array = np.ravel(array)
        self.length = len(self.array)
        self.buffer = self

    def join(self, between):
        return between.join(repr(number) for number in self.array.tolist())

    def subarray(self, start, end):
        return Typed(self.array[start:end])

    def __getitem__(self, index):
        return self.array[index].item()


class Context:
    """Notes the names of what it is asked to do."""

    def __init__(self):
        object.__setattr__(self, "calls", [])

    def __getattr__(self, name):
        def note(*arguments):
            self.calls.append(name)
            return types.SimpleNamespace(width=6.5 * len(arguments[0])) if name == "measureText" else None

        return note

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


class Canvas:
    def __init__(self, width=0, height=0):
        self.width, self.height = width, height
        self.clientWidth, self.clientHeight = width, height
        self.context = Context()
        self.style = types.SimpleNamespace()
        self.attributes = {"aria-pressed": "false"}
        self.hidden, self.textContent = False, ""

    def getContext(self, *_):
        return self.context

    def getBoundingClientRect(self):
        return types.SimpleNamespace(width=self.clientWidth, height=self.clientHeight)

    def getAttribute(self, name):
        return self.attributes.get(name)

    def setAttribute(self, name, value):
        self.attributes[name] = value

    def addEventListener(self, *_):
        pass


@pytest.fixture
def page(monkeypatch):
    """The page's modules, with a document of canvases."""
    elements = {}
    clock = iter(range(10**9))
    new = types.SimpleNamespace(new=lambda *arguments: types.SimpleNamespace(arguments=arguments))
    window = types.SimpleNamespace(
        devicePixelRatio=2,
        performance=types.SimpleNamespace(now=lambda: next(clock)),
        getComputedStyle=lambda element: types.SimpleNamespace(
            fontSize="13px", getPropertyValue=lambda name: " #336699"
        ),
        Path2D=new,
        ImageData=new,
        Uint8ClampedArray=new,
        Array=types.SimpleNamespace(of=lambda *arguments: arguments, new=tuple),
    )
    document = types.SimpleNamespace(
        getElementById=lambda name: elements.setdefault(name, Canvas(400, 420)),
        createElement=lambda tag: Canvas(),
        documentElement=Canvas(),
    )
    ffi = types.SimpleNamespace(create_proxy=lambda function: function, to_js=lambda value: value)
    fakes = {
        "pyscript": types.SimpleNamespace(window=window, document=document, ffi=ffi),
        "pyscript.ffi": ffi,
        "scripts": types.SimpleNamespace(turn=None, copy=list),
        "storage": types.SimpleNamespace(),
    }
    for name, module in fakes.items():
        monkeypatch.setitem(sys.modules, name, module)
    before = set(sys.modules)
    yield elements
    for name in set(sys.modules) - before:
        if name.startswith("page"):
            del sys.modules[name]


def crossed(answer):
    """What the lab answers as the page gets it."""
    kinds = {np.ndarray: Typed, float: lambda value: Typed([value])}
    return types.SimpleNamespace(
        **{name: kinds.get(type(value), lambda value: value)(value) for name, value in answer.items()}
    )


class Views:
    """Both plots of a run, drawn as the lab answers."""

    def __init__(self, **choices):
        from page.plots.highlight import Highlight
        from page.plots.plane import Plane
        from page.plots.points import Points
        from page.plots.representation import Representation

        self.experiment = networks.experiment_of(**choices)
        self.run = Run(self.experiment)
        self.run.trainer = PlainTrainer(self.experiment, self.run.data)
        self.highlight = Highlight(self.draw)
        self.asked = 0
        self.plane = Plane(self.highlight, self.ask, None)
        self.representation = Representation(self.highlight, self.ask, self.ask)
        self.plots = self.plane, self.representation
        self.run.points = Points(crossed(self.run.opened()))
        self.run.keeps_picture = False
        for view in (self.highlight, *self.plots):
            view.opened(self.run)
        self.show()

    def ask(self):
        self.asked += 1

    def draw(self):
        for plot in self.plots:
            plot.redraw()

    def show(self, **changes):
        frame = crossed(self.run.stage.draw(self.run.trainer, view_of(self.experiment, **changes)))
        self.plane.show(frame)
        self.representation.show(frame)
        self.draw()

    def painted(self, act):
        """How often anything is stroked or filled in the layers below, by plot and layer."""
        for plot in self.plots:
            for layer in plot.layers:
                layer.context.calls.clear()
        act()
        return [
            [
                sum(call in ("stroke", "fill", "drawImage", "fillText") for call in layer.context.calls)
                for layer in plot.layers
            ]
            for plot in self.plots
        ]


def test_pointing_and_drawing_a_loop_paint_nothing_below(page):
    views = Views(hidden_layers=(3,))
    plane = views.plane
    where = plane.mapping.pixel(1.0, 2.0)

    def point():
        plane.hover(*where, False)
        views.highlight.at_point(5)
        views.draw()

    def loop():
        event = types.SimpleNamespace(pointerType="mouse", shiftKey=True)
        for plot in views.plots:
            assert plot.drag_began(100, 100, event)
            for step in range(10):
                plot.drag(100 + 5 * step, 110 + step * step, 5, 9)
                views.draw()
            plot.drag_ended(True)
            views.draw()

    for act in (point, loop):
        assert views.painted(act) == [[0, 0, 0], [0, 0, 0, 0]]


def test_a_step_of_training_does_not_paint_the_points_of_the_plane_nor_its_axes(page):
    views = Views(hidden_layers=(3,))
    views.run.trainer.train(networks.rates(0.01), 0, 5)
    (picture, points, _), (_, _, moved, _) = views.painted(views.show)
    assert picture > 0
    assert points == 0
    assert moved > 0
    # Another choice does.
    (_, points, _), _ = views.painted(lambda: views.show(selected="ff" * 25))
    assert points > 0


@pytest.mark.parametrize("changes", [{"layer": "fc2"}, {"layer": "tanh1", "projection": "pca"}, {"layer": "tanh1"}])
def test_a_picture_in_which_no_point_has_moved_does_not_paint_them(page, changes):
    views = Views(hidden_layers=(5,))
    right = views.representation
    views.show(**changes)
    positions, number, leaves = right.positions, right.picture_number, right.leaves
    _, below = views.painted(lambda: views.show(**changes, place=[0.5, 1.0]))
    assert below == [0, 0, 0, 0]
    assert right.place
    _, (_, lines, points, _) = views.painted(lambda: views.show(**changes, grid=False))
    assert lines > 0
    assert points == 0
    assert right.lines == []
    views.show(**changes)
    assert right.lines
    assert (right.positions, right.picture_number, right.leaves) == (positions, number, leaves)
    # Another choice paints them where they are, the next step elsewhere.
    _, (_, _, points, _) = views.painted(lambda: views.show(**changes, selected="ff" * 25))
    assert points > 0
    assert (right.positions, right.leaves) == (positions, leaves)
    views.run.trainer.train(networks.rates(0.01), 0, 5)
    _, (_, _, points, _) = views.painted(lambda: views.show(**changes, selected="ff" * 25))
    assert points > 0
    assert right.picture_number == number + 1
    assert right.positions is not positions
    assert right.leaves is not leaves


def test_the_lines_of_a_picture_are_not_seen_before_its_many_points(page):
    with data_sets.entered():
        views = Views(dataset="large", hidden_layers=(3,))
        right = views.representation
        while right.redraw():
            pass
        views.run.trainer.train(networks.rates(0.01), 0, 5)
        shown = [layer.canvas for layer in right.layers]
        views.show()
        assert [layer.canvas for layer in right.layers] == shown
        # Another picture that comes meanwhile has to wait.
        lines = right.layers[1].other[1].calls
        begun = len(lines)
        views.show(place=[0.5, 1.0])
        assert len(lines) == begun
        while right.layers[2].canvas is shown[2]:
            assert right.layers[1].canvas is shown[1]
            right.redraw()
        assert right.layers[1].canvas is not shown[1]


def test_crosses_are_painted_where_other_points_are_wrong(page):
    views = Views(hidden_layers=(3,))
    counts = None
    for _ in range(12):
        views.run.trainer.train(networks.rates(0.05), 0, 1)
        (_, points, crosses), (_, _, _, others) = views.painted(lambda: views.show(layer="fc2"))
        assert points == 0
        assert (crosses > 0) <= (views.plane.wrong_counts != [0, 0])
        assert others > 0 or views.plane.wrong_counts == [0, 0]
        if crosses:
            counts = views.plane.wrong_counts
    assert counts
    (_, _, crosses), (_, _, _, others) = views.painted(lambda: views.show(layer="fc2", place=[1, 1]))
    assert crosses == others == 0


def test_more_wrong_points_than_crosses_can_tell_are_only_counted(page):
    from page.plots import markers

    with data_sets.entered():
        views = Views(dataset="large", hidden_layers=(3,))
    plane = views.plane
    while plane.redraw():
        pass
    assert sum(plane.wrong_counts) == plane.wrong.count > markers.MOST_CROSSED
    assert all(layer.context.calls.count("stroke") == 0 for layer in (plane.layers[2], views.representation.layers[3]))


def test_a_resize_that_changes_no_size_paints_nothing(page):
    views = Views(hidden_layers=(3,))

    def resize():
        for plot in views.plots:
            plot.resize()

    assert views.painted(resize) == [[0, 0, 0], [0, 0, 0, 0]]


def test_the_plane_does_not_wait_for_many_crosses(page, monkeypatch):
    from page.plots import markers

    monkeypatch.setattr(markers, "MOST_CROSSED", 20_000)
    with data_sets.entered():
        views = Views(dataset="large", hidden_layers=(3,))
    plane = views.plane
    while plane.redraw():
        pass
    picture, crosses = plane.layers[0], plane.layers[2]
    shown, before = crosses.canvas, picture.canvas
    with data_sets.entered():
        views.run.trainer.train(networks.rates(0.05), 0, 5)
        views.show()
    assert picture.canvas is not before
    assert crosses.work is not None
    assert crosses.canvas is shown
    while plane.redraw():
        pass
    assert crosses.canvas is not shown
    groups = list(plane.wrong.portions(100))
    assert sum(len(places.join(" ").split(" 9999999 ")) for _, places in groups) == sum(plane.wrong_counts) > 1000
    assert crosses.context.calls.count("stroke") == len(groups)


def test_a_new_size_or_theme_paints_all(page):
    views = Views(hidden_layers=(3,))
    for plot in views.plots:
        plot.canvas.clientWidth = 500

    def restyle():
        for plot in views.plots:
            plot.restyle()
            for layer in plot.layers:
                assert "clearRect" in layer.context.calls

    restyle()
    for plot in views.plots:
        assert plot.canvas.width == 1000


def test_what_is_in_a_space_has_no_ticks_at_its_back(page):
    flat = Views(hidden_layers=(2,))
    flat.show(layer="tanh1")
    space = Views(hidden_layers=(3,))
    space.show(layer="tanh1")
    texts = []
    for views in (flat, space):
        views.representation.restyle()
        texts.append(views.representation.layers[0].context.calls.count("fillText"))
    assert texts[0] > 4
    assert texts[1] == 0


def test_a_point_is_found_where_it_is_drawn_in_both_views(page):
    views = Views(hidden_layers=(2,))
    for plot in views.plots:
        for index in (0, 57, 199):
            x, y = plot.pixel_of(index)
            found = plot.point_at(x, y)
            there = np.subtract(plot.pixel_of(found), (x, y))
            assert np.hypot(*there) < 1e-3


def test_a_loop_is_sent_in_the_plots_own_units_with_the_picture_it_is_drawn_on(page):
    views = Views(hidden_layers=(2,))
    event = types.SimpleNamespace(pointerType="mouse", shiftKey=True)
    for plot, name in zip(views.plots, ("plane", "representation"), strict=True):
        corners = [(100, 100), (200, 110), (150, 220)]
        plot.drag_began(*corners[0], event)
        for corner in corners[1:]:
            plot.drag(*corner, 0, 0)
        plot.drag_ended(False)
        loop = views.highlight.loop
        assert loop["plot"] == name
        assert loop["picture"] == plot.picture_number
        places = np.reshape(loop["corners"], (-1, 2))
        assert [plot.mapping.pixel(*place) for place in places] == [pytest.approx(corner) for corner in corners]
        # An answer to another loop is not taken for one to this.
        views.highlight.take_chosen(loop["number"] - 1, "f0")
        assert views.highlight.selected == ""
        views.highlight.take_chosen(loop["number"], "f0")
        assert views.highlight.selected == "f0"
        assert views.highlight.chosen == 4
        views.highlight.choose("")


def points_of(task, outputs, names=()):
    from page.plots.points import Points

    given = {
        "points": [0.0, 0.0],
        "labels": [7],
        "training": [0],
        "order": [0],
        "ordered": [0.0, 0.0],
        "boxes": [0.0] * 4,
    }
    given = {name: Typed(value) for name, value in given.items()}
    plane = {"plane": Typed([1e8, 0.0, 250.0]), "unit": Typed([0.05]), "targets": Typed([0.0, 1.0])}
    plane["axis_units"] = Typed([0.0, 1.0, 0.0, 1.0])
    return Points(
        types.SimpleNamespace(rows=1, columns=3, inputs=3, outputs=outputs, task=task, **plane, **given), names
    )


def test_classes_that_have_names_are_called_by_them(page):
    from page import wording
    from page.plots.representation import axis_names, heap_words

    iris, cancer = (networks.experiment_of(dataset=key, dimensions=(0, 1)) for key in ("iris", "breast_cancer"))
    names = wording.class_names(iris)
    assert names == ("setosa", "versicolor", "virginica")
    assert wording.class_names(networks.experiment_of(dataset="wine")) == ()
    assert [text for text, _ in wording.legend(iris)] == [*names, "hollow: held out"]
    assert wording.legend_label(iris) == "Legend: setosa: circles, versicolor: triangles, virginica: diamonds"
    assert [text for text, _ in wording.legend(cancer)][:2] == ["malignant: circles", "benign: triangles"]
    shaded = {**cancer, "shading": "classes"}
    assert wording.scale_words(shaded, [0, 1, 0.5]) == ("malignant", "", "benign")
    assert axis_names(cancer) == ("score of malignant", "score of benign")
    assert axis_names({**cancer, "layer": "softmax"}) == ("probability of malignant", "probability of benign")
    digits = networks.experiment_of(dataset="digits", projection="dimensions", dimensions=(3, 7))
    assert axis_names(digits) == ("score of class 3", "score of class 7")
    assert axis_names({**digits, "layer": "input"}) == ("row 1, column 4", "row 1, column 8")
    assert heap_words(150, 50, 0, names) == "all 50 points of setosa lie here"
    points = points_of("classification", 10, tuple("abcdefghij"))
    assert points.words(0) == "Point 0 (held out): h"
    assert points.score_words([0.1, 0.7, 0.2]) == "predicted b at 70 %"
    for key, entry in registry.entries("dataset").items():
        found = entry.traits.get("classes", ())
        assert len(set(found)) in (0, entry.traits["outputs"]), key


def test_words_follow_the_task_and_the_number_of_classes(page):
    from page import run_words, wording
    from page.plots import axes, plane
    from page.plots.representation import heap_words
    from spec import protocol, shape

    many, number = points_of("classification", 10), points_of("regression", 1)
    assert many.words(0) == "Point 0 (held out): class 7"
    assert many.score_words([0.1, 0.7, 0.2]) == "predicted 1 at 70 %"
    assert many.score_words([0.1, float("nan")]) == "no prediction"
    assert number.words(0) == "Point 0 (held out)"
    assert number.words(0, [1.2345]) == "Point 0 (held out): target 1.23"
    assert number.score_words([-0.25]) == "predicted −0.25"
    several = points_of("regression", 7)
    assert several.words(0, [1.0, -2.0]) == "Point 0 (held out): target (1, −2)"
    assert several.score_words([0.5, 1, 2, 3, 4, 5, 6]) == "predicted (0.5, 1, 2, 3, 4, 5, …)"
    assert many.words(0, [0.0, 1.0]) == "Point 0 (held out): class 7"
    experiment = networks.experiment_of()
    assert plane.shading_words(experiment, many) == "how probable the network finds the likeliest class"
    assert (
        plane.shading_words(experiment, points_of("classification", 2)) == "how probable the network finds either class"
    )
    assert plane.shading_words(experiment, number) == "the number that the network predicts"
    for shading, words in (("classes", "more or less than the middle"), ("confidence", "how far")):
        assert words in plane.shading_words({**experiment, "shading": shading}, number)
    metrics = dict.fromkeys(protocol.METRICS[registry.REGRESSION], 0.125)
    assert plane.metric_words(metrics).startswith("R² is 0.125 for")
    assert heap_words(200, 200, -1) == "all 200 points lie here"
    assert heap_words(200, 97, 1) == "all 97 points of class 1 lie here"
    assert heap_words(200, 43, -1) == "43 of 200 points lie here"
    for changes, values, words in (
        ({}, [0, 1, 0.5], ("sure", "50 %", "sure")),
        ({"loss": "mean_squared_error"}, [0, 1, 0.5], ("0", "0.5", "1")),
        ({"shading": "classes"}, [0, 1, 0.5], ("class 0", "", "class 1")),
        ({"shading": "confidence"}, [0.5, 1, float("nan")], ("50 %", "", "100 %")),
        ({"shading": "neuron"}, [-0.0012345, 0.0012345, 0], ("−0.00123", "0", "0.00123")),
    ):
        assert wording.scale_words({**experiment, **changes}, values) == words
    for changes, middle, classes in (
        ({}, 0.5, (0, 1)),
        ({"loss": "mean_squared_error"}, 0.5, (0, 1)),
        ({"shading": "classes"}, 0.5, (0, 1)),
        ({"shading": "confidence"}, float("nan"), ()),
        ({"shading": "neuron"}, 0, ()),
    ):
        assert wording.scale_classes({**experiment, **changes}, [0, 1, middle]) == classes
    for index, how in enumerate(("", ", tilted and stretched", ", bent", ", bent", ", bent")):
        assert wording.grid_words(experiment, index, True) == "the left picture's grid" + how
        assert wording.grid_words(experiment, index, False) == f"the left picture's grid{how}; thick: its edge"
    flat = {**experiment, "activation": "linear", "normalization": "batch_norm"}
    assert "bent" not in wording.grid_words(flat, 4, True), "until the softmax it stays straight"
    assert "bent" in wording.grid_words({**flat, "normalization": "layer_norm"}, 2, True)
    assert wording.plane_heading({**experiment, "shading": "neuron", "neuron": "fc1.3"}) == "Neuron 3 of fc1"
    assert wording.plane_heading(experiment) == "Decision boundary"
    assert run_words.wrong_words(shape.shape_of(experiment), [4, 3]) == "4 of 180 wrong, held out 3 of 20"
    assert run_words.wrong_words(shape.shape_of(experiment), [180, 3], False) == (
        "180 of 180 wrong, held out 3 of 20, too many to cross"
    )
    assert run_words.wrong_words(shape.Shape(9, 9, 2, 2, 2, "classification"), [0, 0]) == "0 of 9 wrong"
    assert plane.extent_words(0, 0, 6) == "both axes from −6 to 6"
    assert plane.extent_words(1e8, 0, 250) == "x from 99999750 to 100000250, y from −250 to 250"
    assert wording.place_words([1.25, -0.3]) == "(1.25, −0.30)"
    assert wording.place_words([123456.0, 0.00012]) == "(1.23e+05, 0.00012)"
    assert many.place_words((1.25, -0.3)) == "(1.25, −0.30)"
    beside = points_of("regression", 1)
    beside.is_curve, beside.columns, beside.axis_units = True, ("size", "price"), ((50.0, 2.0), (100.0, 5.0))
    assert beside.place_words((1.25, -0.3)) == "size 52.5"
    several.columns, several.axis_units = ("length", "width"), ((5.0, 0.5), (3.0, 2.0))
    assert several.place_words((1, -0.5)) == "length 5.5, width 2"
    assert number.residual_words([1.5], [2.0]) == ["residual −0.5"]
    assert several.residual_words([1.0, 2], [0.5, 4]) == ["residual (0.5, −2)"]
    assert number.residual_words([], []) == number.residual_words([1.0], [float("nan")]) == []
    assert many.residual_words([0.0, 1.0], [0.5, 0.5]) == []
    units = (axes.AS_IT_IS, (100.0, 5.0))
    assert plane.extent_words(0, 0, 6, units, ("size", "price")) == "size from −6 to 6, price from 70 to 130"
    assert plane.extent_words(0, 0, 6, units) == "x from −6 to 6, y from 70 to 130"
    assert wording.plane_title({**experiment, "dataset": "curve"}) == "Fitted curve"
    assert wording.plane_title({**experiment, "dataset": "plane"}) == "Prediction"
    for key, disabled in (("circle", True), ("plane", False)):
        assert wording.disabled({**experiment, "dataset": key})["residuals"] is disabled
    with data_sets.entered():
        ten, three, number = (
            networks.experiment_of(dataset=key) for key in ("ten_classes", "three_classes", "plane_target")
        )
        shadings = [key for key, _ in wording.choices(ten, "shading")]
        for experiment, labels in (
            (ten, ["Probability", "Classes", "Confidence", "Neuron"]),
            (number, ["Prediction", "Above or below", "Distance", "Neuron"]),
        ):
            assert wording.choices(experiment, "shading") == list(zip(shadings, labels, strict=True))
        assert [text for text, _ in wording.legend(ten)][:2] == ["0", "1"]
        lines = "right by straight lines"
        assert wording.separability_words(ten) == wording.separability_words(three) == lines
        line = "right by a straight line"
        assert wording.separability_words(networks.experiment_of()) == line
        assert wording.scale_classes(ten, [0.1, 1, float("nan")]) == wording.scale_classes(number, [0, 1, 0.5]) == ()
        assert wording.separability_words(number) == "variance explained by a linear fit"
        assert wording.legend_label(ten).startswith("Legend: class 0: circles, class 1: triangles")
        assert wording.legend_label(three) == "Legend: class 0: circles, class 1: triangles, class 2: diamonds"
        assert wording.legend_label(networks.experiment_of()) == wording.legend_label(number) == "Legend"
        for targets, least, largest in (((), "", ""), ((-0.25, 1234.5), " −0.25", " 1234")):
            assert wording.legend({**number, "held_out": 0}, targets) == [
                ("least target" + least, "level-0"),
                ("largest" + largest, "level-9"),
            ]
            assert wording.legend(number, targets) == [
                ("least target" + least, "level-0"),
                ("largest" + largest, "level-9"),
                ("hollow: held out", "held-out"),
            ]


def test_a_number_is_drawn_as_discs_from_one_sign_to_the_other(page, monkeypatch):
    from page import palette
    from page.plots.markers import Mark

    monkeypatch.setattr(palette, "css", {"--negative": "#000080", "--positive": "#ff8000"}.__getitem__)
    colours = palette.level_colours()
    assert (colours[0], colours[-1]) == ("#000080", "#ff8000")
    assert len(set(colours)) == len(colours) == 10
    for level in range(10):
        mark = Mark(16 * level + 12, colours, "#ffffff", "#000000", is_level=True)
        assert (mark.label, mark.colour) == (0, colours[level])


def test_marks_are_smaller_where_there_is_little_room_or_where_there_are_many(page):
    from page.plots.markers import MANY, radius_of

    assert [radius_of(200, side) for side in (2000, 280, 210, 140, 50)] == pytest.approx([4.2, 4.2, 3.15, 2.6, 2.6])
    assert radius_of(MANY, 500) == 4.2 > radius_of(4 * MANY, 500) == 2.1 > radius_of(100 * MANY, 500) == 1.5
    assert radius_of(4 * MANY, 100) == 1.5


def test_many_points_are_drawn_in_slices_and_shown_when_all_are(page):
    """What was there before stays until then; no slice takes longer than it may, by the clock."""
    with data_sets.entered():
        views = Views(dataset="large", hidden_layers=(3,))
    rows = views.run.points.rows
    assert rows >= 10_000
    for plot in views.plots:
        points = plot.layers[-2]
        shown = points.canvas
        frames = 0
        while points.canvas is shown:
            assert frames < 10_000
            assert plot.redraw() or points.canvas is not shown
            frames += 1
        assert frames > 2
        while plot.redraw():
            pass
        calls = points.context.calls
        assert calls.count("fill") == sum(1 for _ in plot.marked.portions(100)) >= rows / 100
        assert sum(len(places.join(" ").split(" 9999999 ")) for _, places in plot.marked.portions(100)) == rows
        # At rest nothing is painted.
        before = len(calls)
        assert not plot.redraw()
        assert len(calls) == before


def test_how_fine_a_picture_has_to_be_is_known_before_the_first(page):
    views = Views(hidden_layers=(3,))
    views.plane.opened(views.run)
    # A sample for every two pixels of the screen.
    assert views.plane.wants(views.experiment)["resolution"] >= views.plane.mapping.box[2] > 100


def test_a_best_view_is_told_by_what_it_parts(page):
    from page.plots.representation import projection_words

    two = networks.experiment_of()
    assert projection_words(two, 8, upright=True, parted=98) == "best view: 98 % parted by the upright line"
    # On the way to another layer, or to another projection.
    assert projection_words(two, 8, upright=True) == projection_words(two, 8, parted=98) == "best view"
    assert projection_words(two, 3, upright=True, parted=98) == "dimensions 0, 1 and 2"
    pca = {**two, "projection": "pca"}
    assert projection_words(pca, 8, [0.5, 0.25, 0.125]) == "PCA: 88 % of variance"
    words = {
        "three_classes": "best view: plane that parts the classes best, 98 % by straight lines",
        "plane_target": "best view: linear prediction to the right, 98 % of variance",
        "ten_targets": "best view: plane of the linear predictions, 98 % of variance",
    }
    with data_sets.entered():
        for key, expected in words.items():
            assert projection_words(networks.experiment_of(dataset=key), 8, parted=98) == expected


def test_the_upright_line_is_painted_over_what_lies_below_it(page):
    """On its x, from the top of the plot to its bottom, with what it gets right beside it, inside of the plot."""
    views = Views(hidden_layers=(5,))
    right = views.representation
    strokes, texts = [], []

    class Noting(Context):
        def moveTo(self, x, y):
            strokes.append([(x, y)])

        def lineTo(self, x, y):
            strokes[-1].append((x, y))

        def fillText(self, words, x, y):
            texts.append((words, x, self.textAlign))

    for upright, parted in ((0.25, 98), (-1e3, 98), (0.25, None), (None, None)):
        strokes.clear(), texts.clear()
        right.upright, right.parted = upright, parted
        right._paint_upright(Noting())
        if upright != 0.25:
            assert strokes == texts == []
            continue
        left, top, width, height = right.mapping.box
        x, _ = right.mapping.pixel(upright, 0)
        assert strokes == 2 * [[(x, top), (x, top + height)]]
        assert [words for words, *_ in texts] == (["separability 98 %"] if parted else [])
    # Where there is no room to the right of it, its words are to the left.
    right.upright, right.parted = right.mapping.place(left + width - 20, 0)[0], 98
    right._paint_upright(Noting())
    ((words, x, align),) = texts
    assert (words, align) == ("separability 98 %", "right")
    assert x < left + width - 20
    # Painted with every picture that has it, and only then.
    assert views.painted(lambda: views.show(layer="tanh1"))
    assert right.upright is not None
    assert right.parted == round(
        100 * views.run.stage._fits.qualities("tanh1", views.run.trainer.outputs(["tanh1"])["tanh1"])[0]
    )
    views.show(layer="tanh1", projection="pca")
    assert right.upright is right.parted is None


def test_axes_are_named_where_they_mean_something(page):
    from page.plots.representation import axis_names, boundary_is_diagonal

    def names(**choices):
        return axis_names(networks.experiment_of(**choices))

    assert names(layer="fc2") == ("score of class 0", "score of class 1")
    assert names(layer="fc2", dimensions=(1, 0)) == ("score of class 1", "score of class 0")
    assert names(layer="softmax") == ("probability of class 0", "probability of class 1")
    assert names(layer="input") == ("input 0", "input 1")
    assert names(layer="tanh1") == ("across the line", "along the line")
    assert names(layer="tanh1", projection="dimensions", dimensions=(5, 2)) == ("neuron 5", "neuron 2")
    assert names(layer="fc1", hidden_layers=(1,)) == ("neuron 0", "")
    for meaningless in ({"projection": "pca"}, {"projection": "tour"}, {"morph": 0.5}):
        assert names(layer="tanh1", **meaningless) == ("", "")
    for layer, is_diagonal in (("input", False), ("tanh1", False), ("fc2", True), ("softmax", True)):
        assert boundary_is_diagonal(networks.experiment_of(layer=layer)) == is_diagonal
    assert not boundary_is_diagonal(networks.experiment_of(layer="fc2", dimensions=(1,)))
    with data_sets.entered():
        assert names(dataset="plane_target", layer="fc2") == ("prediction", "")
        assert names(dataset="three_classes", layer="tanh1") == ("", "")
        for dataset in ("three_classes", "plane_target"):
            assert not boundary_is_diagonal(networks.experiment_of(dataset=dataset, layer="fc2"))


def test_the_line_of_the_scores_is_whole_and_names_are_in_the_plot(page):
    """The line on which both scores are equal goes from edge to edge, not only as far as the plane reaches."""
    views = Views(hidden_layers=(5,))
    right = views.representation
    views.show(layer="fc2")
    ends, texts = [], []

    class Noting(Context):
        def moveTo(self, x, y):
            ends.append((x, y))

        def lineTo(self, x, y):
            ends.append((x, y))

        def fillText(self, words, x, y):
            texts.append((words, x, y, self.textAlign))

    right._paint_diagonal(Noting(), 1.0)
    (low_x, high_x), (low_y, high_y) = right.mapping.ranges()
    places = [(x * right.unit, y * right.unit) for x, y in ends]
    assert all(x == pytest.approx(y) for x, y in places)
    assert [x for x, _ in places] == pytest.approx([max(low_x, low_y), min(high_x, high_y)])
    right.axis_names = ("score of class 0", "score of class 1")
    right._paint_names(Noting())
    assert [words for words, *_ in texts] == ["score of class 0", "score of class 1"]
    assert all(right.mapping.holds(x, y) for _, x, y, _ in texts)
    # There is no room in a small view.
    texts.clear()
    right.size = (200, 200)
    right._paint_names(Noting())
    assert texts == []


def test_points_of_a_run_that_goes_on_come_with_its_first_picture(page):
    """Meanwhile nothing is empty: a person is drawing there."""
    from page.plots.points import Points

    views = Views(hidden_layers=(3,))
    before = list(views.plane.positions)
    views.run.points = Points(crossed(Run(networks.experiment_of(hidden_layers=(3,), dataset="xor")).opened()))
    views.run.keeps_picture = True
    for plot in views.plots:
        plot.opened(views.run)
    assert list(views.plane.positions) == before and views.representation.positions
    for plot in views.plots:
        plot.take_coming()
    assert list(views.plane.positions) == list(views.run.points.positions) != before
    assert not views.representation.positions
    views.run.keeps_picture = False
    views.plane.opened(views.run)
    views.plane.take_coming()
    assert list(views.plane.positions) == list(views.run.points.positions)
