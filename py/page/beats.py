"""The six beats by which a person is shown around: what is said, and the experiment in which it is seen. Pure."""

from collections import namedtuple

from spec import fields

# title, words: what is said, one sentence. choices: in what its experiment differs from the defaults and `COMMON`.
# epochs: to which epoch it trains. travels: whether the playhead makes the journey to the scores. about: selects what
# it is about.
Beat = namedtuple("Beat", ("title", "words", "choices", "epochs", "travels", "about"))

# Fast enough to be seen within seconds; with the learning rate of the defaults it would take three times as long.
COMMON = {"learning_rate": 0.03, "speed": 120}
EPOCHS = 150

BEATS = (
    Beat(
        "Points",
        "Circles lie inside, triangles around them: no straight line can part these two classes, and this is the task.",
        {"contour": False},
        0,
        False,
        ".plane",
    ),
    Beat(
        "One cut",
        "One neuron is one straight cut through the plane: however long it trains, a third of the points stay wrong.",
        {"hidden_layers": (1,)},
        EPOCHS,
        False,
        ".plane",
    ),
    Beat(
        "Many cuts",
        "Eight neurons are eight cuts, each a tile here and a line in the plane: together they enclose the circles.",
        {"zero_lines": True},
        EPOCHS,
        False,
        ".network",
    ),
    Beat(
        "Bend",
        "This is the space after the bend: tanh presses together what is far from each cut, and so curves the grid.",
        {"layer": "tanh1"},
        EPOCHS,
        False,
        ".space",
    ),
    Beat(
        "Line",
        "At the scores the classes have come apart: one straight line is enough, and in the plane it is the curve.",
        {},
        EPOCHS,
        True,
        ".space",
    ),
    Beat(
        "Break it",
        "Without a bend, as with the activation Linear, eight neurons make one straight line again: mend it here.",
        {"activation": "linear"},
        EPOCHS,
        False,
        "main > nav",
    ),
)


def experiment(beat):
    """The experiment of a beat."""
    result = fields.defaults()
    result.update(COMMON)
    result.update(beat.choices)
    return result


def is_of(beat, given):
    """Whether an experiment is a beat's, wherever the playhead is and however fast it trains."""
    free = ("layer", "morph", "speed")
    return all(given[name] == value for name, value in experiment(beat).items() if name not in free)


def kept(text):
    """The beat to begin with, by what the browser has kept of an earlier time, which may be anything."""
    return int(text) if text in [str(index) for index in range(len(BEATS))] else 0
