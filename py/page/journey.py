"""How the playhead moves along the layers, and what is said about it. Pure.

A position is the number of a layer, counted from 0, plus the share of the way to the next one.
"""

import math

from spec import registry

# When the playhead is released, it snaps to a layer that is this near.
SNAP = 0.12
# The seconds that a glide takes from one layer to the next, and at most.
GLIDE = 0.45
LONGEST_GLIDE = 1.5
# The seconds of the journey: from one layer to the next; of rest on a layer; of rest if it jumps from layer to layer.
TRAVEL = 1.2
REST = 0.35
CALM_REST = 0.8


def ease(share):
    """Smoothstep, 3t² − 2t³: from 0 to 1, starting and ending slowly."""
    share = min(max(share, 0), 1)
    return share * share * (3 - 2 * share)


def glide(start, target, seconds):
    """`(position, moving)` after `seconds` of gliding from `start` to `target`."""
    duration = min(GLIDE * max(abs(target - start), 0.25), LONGEST_GLIDE)
    if seconds >= duration:
        return target, False
    return start + (target - start) * ease(seconds / duration), True


def journey(last, seconds, calm):
    """`(position, moving)` after `seconds` of the journey from layer 0 to layer `last`.

    The playhead rests on every layer and moves smoothly between them; if `calm`, it jumps from layer to layer.
    """
    if calm:
        layer = min(int(seconds / CALM_REST), last)
        return layer, layer < last
    layer = int(seconds / (REST + TRAVEL))
    if layer >= last:
        return last, False
    travelled = seconds - layer * (REST + TRAVEL) - REST
    return layer + ease(travelled / TRAVEL), True


def snapped(position):
    """The nearest layer if it is within `SNAP` of the position, else the position."""
    nearest = round(position)
    return nearest if abs(position - nearest) < SNAP + 1e-6 else position


def stop_after(position, last):
    """The first layer after a position, at most `last`."""
    return min(math.floor(position + 1e-6) + 1, last)


def stop_before(position):
    """The last layer before a position, at least 0."""
    return max(math.ceil(position - 1e-6) - 1, 0)


def stepped(position, by, last):
    """A position moved by a share of a layer, rounded to hundredths."""
    return min(max(round((position + by) * 100) / 100, 0), last)


def parts(position):
    """`(number of the layer, morph)` of a position."""
    layer = math.floor(position + 1e-6)
    return layer, max(position - layer, 0)


def words(position, names):
    """A position in words: `layer tanh1`, or `40 % of the way from fc1 to tanh1`."""
    layer, morph = parts(position)
    percent = round(100 * morph)
    if percent == 100:
        layer, percent = layer + 1, 0
    if not percent:
        return "layer " + names[layer]
    return "%d %% of the way from %s to %s" % (percent, names[layer], names[layer + 1])


def percent(share):
    """A share in percent, rounded; None for NaN."""
    return round(100 * share) if share == share else None


def probe_words(name, training, held_out, data):
    """The quality of a layer's linear probe in words: percent of the training points and of those held out.

    `data` is a `shape.Shape`: where numbers are predicted they are percent of these numbers' variance. What is not
    known of held-out points, None, is left out: there may be none.
    """
    numbers = data.task == registry.REGRESSION
    if training is None:
        return "No %s has been tried at layer %s yet" % ("linear fit" if numbers else "straight line", name)
    if numbers:
        words = "A linear fit at layer %s explains %d %% of the variance of the training points"
    elif data.outputs > 2:
        words = "Straight lines at layer %s have %d %% of the training points right"
    else:
        words = "A straight line at layer %s has %d %% of the training points right"
    words = words % (name, training)
    return words if held_out is None else "%s, %d %% of those held out" % (words, held_out)
