"""The layout of the network strip, and what its keys and buttons change. Pure.

Lengths are CSS pixels; x counts from the left end of the whole network, of which the page may show a part.
"""

import math
from collections import namedtuple

# The most neurons of a layer that are shown; the lab sends as many.
SHOWN = 16
# The size of text, in CSS pixels, for which the lengths below have room.
TEXT = 13
# The least width of a column: room for the longest names of layers side by side.
LEAST_COLUMN = 56
# Room for the names of the first and the last layer outside of their columns.
OUTSIDE = 16
WIDE_COLUMN = 150
LARGEST_TILE = 40
SMALLEST_TILE = 11
# The share of a column's width that its tiles may take.
TILES_OF_COLUMN = 0.86
GAP_OF_TILE = 0.14
# The share of the gap between two layers over which an edge bends.
BEND = 0.35
# The side of the smallest button, in CSS pixels.
LEAST_TARGET = 24
# The heights of rows: the names of a layer, one below the other; its separability; the widths of hidden layers; below
# the tiles, the number of neurons that are not shown.
NAMES, NAMES_IN_LINE = 32, 27
PROBE = 26
FRAME = 28
MORE = 14
LARGEST_FRAME = 84
# A miniature's share of the height that it has with the tiles, and its least side.
MINIATURE = 0.47
LEAST_MINIATURE = 24
# Weights are drawn in so many steps of thickness. A weight below the share `FAINTEST` of the largest is not drawn.
STEPS = 4
LARGEST_WEIGHT = 127
FAINTEST = 0.06
# The number of layers that the description names.
NAMED = 60
# The width of a new hidden layer if there is none to copy.
NEW_WIDTH = 8

# The tiles of a layer, in rows. x: their middle. top: the top of the first. size: the side of each. pitch: from one to
# the next. shown: their number. across: how many stand in a row.
Column = namedtuple("Column", ("x", "top", "size", "pitch", "shown", "across"))
# Tops of the rows of the strip, and the side of a miniature. wide: whether the columns are so wide that a layer's two
# names stand on one line, and its separability beside its miniature.
Rows = namedtuple("Rows", ("miniatures", "side", "probes", "frames", "tiles", "wide"))
# A stop of the arrow keys. name: that of its layer. action: "layer", "narrower" or "wider" (number: that of the hidden
# layer), or "neuron" (number: that of the neuron). x, y: its place, from the top left.
Stop = namedtuple("Stop", ("name", "action", "number", "x", "y"))


def scaled(length, text):
    """A length that is meant for text of the size `TEXT`, for text of another size."""
    return length * text // TEXT


def column_width(available, count, text=TEXT):
    """The width of each of `count` columns for a size of text. If all need more than `available`, the strip scrolls."""
    return max(scaled(LEAST_COLUMN, text), int(available - OUTSIDE) // count)


def height_for_fingers(widths, column, text=TEXT):
    """The least height of a strip, for layers of these widths, in which a finger can hit every tile."""
    shown = min(max(widths), SHOWN)
    across = int(TILES_OF_COLUMN * column) // LEAST_TARGET
    tiles = -(-shown // across) * LEAST_TARGET + (scaled(MORE, text) if max(widths) > SHOWN else 0)
    side = min(column - 8, math.ceil(tiles * MINIATURE / (1 - MINIATURE)))
    _, names, probe = _head(column, text)
    return names + max(LEAST_MINIATURE, side) + probe + scaled(FRAME, text) + tiles


def _head(column, text):
    """`(wide, names, probe)`: whether columns are wide, see `Rows`, and the heights of those rows."""
    wide = column >= scaled(WIDE_COLUMN, text)
    names, probe = (NAMES_IN_LINE, 4) if wide else (NAMES, PROBE)
    return wide, scaled(names, text), scaled(probe, text)


def rows(column, height, text=TEXT):
    """The `Rows` of a strip whose columns are so wide, and which is `height` high, for a size of text."""
    wide, names, probe = _head(column, text)
    frame = scaled(FRAME, text)
    free = height - names - probe - frame
    side = max(LEAST_MINIATURE, min(column - 8, int(MINIATURE * free)))
    end = names + side
    return Rows(
        names, side, names + (side - scaled(PROBE, text)) // 2 if wide else end, end + probe, end + probe + frame, wide
    )


def columns(widths, column, height, text=TEXT):
    """A `Column` for each layer of these widths, in a strip that is `height` high, for a size of text."""
    top = rows(column, height, text).tiles
    # Layers of the same width have the same layout.
    alike = {width: _laid_out(width, column, top, height - top, text) for width in set(widths)}
    return [Column(int((index + 0.5) * column), *alike[width]) for index, width in enumerate(widths)]


def _laid_out(width, column, top, room, text):
    """`(top, size, pitch, shown, across)` of a `Column`: as many tiles in a row as make them largest."""
    shown = min(width, SHOWN)
    if width > shown:
        room -= scaled(MORE, text)
    best = None
    for across in range(1, shown + 1):
        pitch = min(int(TILES_OF_COLUMN * column) // across, room // -(-shown // across))
        size = int(pitch / (1 + GAP_OF_TILE))
        if size + _gap(size) > pitch:
            size -= 1
        size = min(size, scaled(LARGEST_TILE, text))
        if best is None or size > best[0]:
            best = size, across
    size, across = max(best[0], SMALLEST_TILE), best[1]
    pitch = size + _gap(size)
    return top, size, pitch, shown, across


def _gap(size):
    """The gap between two tiles of that size."""
    return max(2, round(GAP_OF_TILE * size))


def corner(column, index):
    """`(left, top)` of a tile."""
    row, place = divmod(index, column.across)
    # The last row is as far to the left as the others.
    left = column.x - ((column.across - 1) * column.pitch + column.size) // 2
    return left + place * column.pitch, column.top + row * column.pitch


def middles(column):
    """The y of every tile's middle."""
    return [corner(column, index)[1] + column.size / 2 for index in range(column.shown)]


def spread(column):
    """The y at which each tile's edges begin and end: of tiles in one row none are the same."""
    return [
        y + (index % column.across - (column.across - 1) / 2) * column.size / column.across
        for index, y in enumerate(middles(column))
    ]


def squares(column):
    """The tiles of a layer as an SVG path."""
    side = column.size
    corners = [corner(column, index) for index in range(column.shown)]
    return "".join(["M%d %dh%dv%dh-%dz" % (left, top, side, side, side) for left, top in corners])


def visible(left, width, column, count):
    """`(first, end)`: the range of layers that may be visible in a window `width` wide that begins at `left`."""
    return max(0, int(left // column)), min(count, int((left + width) // column) + 1)


def pairs(kind, before, after):
    """`[(from, to)]`: the pairs of shown neurons that edges into a layer of that kind join.

    For a dense layer they are in the order of its `weights`, row by row.
    """
    if kind in ("dense", "softmax"):
        return [(first, second) for first in range(before.shown) for second in range(after.shown)]
    return [(index, index) for index in range(min(before.shown, after.shown))]


def edges(kind, before, after):
    """The edges into a layer of that kind from the one before, in the order of `pairs`, as pieces of an SVG path."""
    # They begin and end at the outermost tiles, and go on under the others.
    right = corner(before, before.across - 1)[0] + before.size + 1
    left = corner(after, 0)[0] - 1
    bend = BEND * (left - right)
    starts = []
    for index, y in enumerate(spread(before)):
        start = corner(before, index)[0] + before.size
        starts.append("M%d %gH%dC%g %g %g " % (start, y, right, right + bend, y, left - bend))
    ends = []
    for index, y in enumerate(spread(after)):
        ends.append("%g %d %gH%d" % (y, left, y, corner(after, index)[0]))
    return [starts[first] + ends[second] for first, second in pairs(kind, before, after)]


def weight_step(weight):
    """The step, from −4 to 4, of a weight from −127 to 127; 0 means too faint to draw."""
    size = abs(weight) / LARGEST_WEIGHT
    if size < FAINTEST:
        return 0
    step = min(STEPS, 1 + int(size * STEPS))
    return step if weight > 0 else -step


STEP_OF_WEIGHT = [weight_step(weight) for weight in range(-LARGEST_WEIGHT, LARGEST_WEIGHT + 1)]


def by_step(pieces, weights):
    """A dict from steps of weight to lists of the pieces with weights of that step; too faint ones are left out."""
    result = {}
    for piece, weight in zip(pieces, weights):
        step = STEP_OF_WEIGHT[int(weight) + LARGEST_WEIGHT]
        if step in result:
            result[step].append(piece)
        elif step:
            result[step] = [piece]
    return result


def weight_blocks(layers):
    """`[(start, end)]` of every layer's part of `weights`; an empty part where a layer has none."""
    blocks = []
    end = 0
    for index, (_, kind, width) in enumerate(layers):
        start = end
        if kind == "dense":
            end += min(SHOWN, layers[index - 1][2]) * min(SHOWN, width)
        blocks.append((start, end))
    return blocks


def hidden_spans(layers):
    """`[(first, last)]`: the layers that belong to each hidden layer, from its dense layer to its activation."""
    dense = [index for index, (_, kind, _) in enumerate(layers) if kind == "dense"]
    return [(first, after - 1) for first, after in zip(dense, dense[1:])]


def width_frame(first, last, column, text=TEXT):
    """`(left, width)` of the frame with a hidden layer's number of neurons, above the columns that belong to it."""
    room = (last - first + 1) * column
    width = min(room - 4, scaled(LARGEST_FRAME, text))
    return first * column + (room - width) // 2, width


def stops(layers, tiles, frames):
    """The stops of the arrow keys: for each layer a list of `Stop`, from the top down; `frames` is as in `Rows`."""
    result = []
    for (name, _, _), column in zip(layers, tiles):
        # From above, the arrow keys lead to the first tile.
        first = corner(column, 0)[0] + column.size / 2
        there = [Stop(name, "layer", 0, first, 0)]
        for index in range(column.shown):
            left, top = corner(column, index)
            there.append(Stop(name, "neuron", index, left + column.size / 2, top + column.size / 2))
        result.append(there)
    for number, (first, last) in enumerate(hidden_spans(layers)):
        for index, action in ((first, "narrower"), (last, "wider")):
            result[index].insert(1, Stop(layers[index][0], action, number, result[index][0].x, frames))
    return result


def neighbour(every, column, row, key):
    """`(column, row)` of the stop to which a key leads: the next one on that side, or to the first or last column."""
    here, there = every[column][row], every[column]
    sign = 1 if key in ("ArrowDown", "ArrowRight", "Home") else -1
    if key in ("ArrowUp", "ArrowDown"):
        ahead = [stop for stop in there if sign * (stop.y - here.y) > 0]
        ahead.sort(key=lambda stop: (sign * stop.y, abs(stop.x - here.x)))
        return column, there.index(ahead[0]) if ahead else row
    if key in ("ArrowLeft", "ArrowRight"):
        ahead = [stop for stop in there if stop.y == here.y and sign * (stop.x - here.x) > 0]
        if ahead:
            return column, there.index(min(ahead, key=lambda stop: sign * stop.x))
    last = len(every) - 1
    other = {"Home": 0, "End": last, "ArrowLeft": max(column - 1, 0), "ArrowRight": min(column + 1, last)}[key]
    if other == column and key in ("ArrowLeft", "ArrowRight"):
        return column, row
    # The nearest in height and, of those in a row, the one on the side from which the key comes.
    nearest = min(every[other], key=lambda stop: (abs(stop.y - here.y), sign * stop.x))
    return other, every[other].index(nearest)


def find(every, name, action, number):
    """`(column, row)` of a stop, or None if there is no such stop."""
    for column, stops_there in enumerate(every):
        if stops_there[0].name == name:
            for row, stop in enumerate(stops_there):
                if (stop.action, stop.number) == (action, number):
                    return column, row
    return None


def found_again(every, stop, column, row):
    """`(column, row)` of `stop` after the network has changed; if it is gone, of the stop nearest to its old place."""
    column = min(column, len(every) - 1)
    return find(every, stop.name, stop.action, stop.number) or (column, min(row, len(every[column]) - 1))


def widened(widths, hidden, by):
    """The widths of hidden layers with `by` more neurons in number `hidden`; a layer without neurons is removed."""
    result = list(widths)
    result[hidden] += by
    return tuple(width for width in result if width > 0)


def deepened(widths):
    """The widths of hidden layers with one more layer, as wide as the last one."""
    return tuple(widths) + (tuple(widths)[-1:] or (NEW_WIDTH,))


def scrolled(x, left, width, margin):
    """Where a window that begins at `left` has to begin to show `x` with a margin; it moves as little as possible."""
    margin = min(margin, width / 2)
    return max(0, min(max(left, x + margin - width), x - margin))


def description(layers):
    """What the strip shows, in words; for a deep network the first layers and the last."""
    named = ["%s %d" % (name, width) for name, _, width in layers[:NAMED]]
    if len(layers) > NAMED:
        named += ["and so on to %s %d" % (layers[-1][0], layers[-1][2])]
    return (
        "Network: %d layers, %s; each neuron as a heat map of its activation over the input plane, joined by lines "
        "for the weights: solid where positive, dashed where negative, the larger the thicker."
        % (len(layers), ", ".join(named))
    )
