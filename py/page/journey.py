"""How the playhead moves along the layers, and what is said about it. Pure.

A position is the number of a layer, counted from 0, plus the share of the way to the next one.
"""

import math

# On release the playhead snaps to a layer that is this near.
SNAP = 0.12
# Seconds from one layer to the next when it is sent there, and at most for any way.
GLIDE = 0.45
LONGEST_GLIDE = 1.5
# The journey, in seconds: from layer to layer, the rest at each, and the rest where nothing may move.
TRAVEL = 1.2
REST = 0.35
CALM_REST = 0.8


def ease(share):
    """From 0 to 1 with a gentle start and end: smoothstep, 3t² − 2t³."""
    share = min(max(share, 0), 1)
    return share * share * (3 - 2 * share)


def glide(start, target, seconds):
    """`(position, moving)` when `seconds` have gone by on the way from `start` to `target`."""
    duration = min(GLIDE * max(abs(target - start), 0.25), LONGEST_GLIDE)
    if seconds >= duration:
        return target, False
    return start + (target - start) * ease(seconds / duration), True


def journey(last, seconds, calm):
    """`(position, moving)` when `seconds` have gone by of the journey from layer 0 to layer `last`.

    It rests on every layer and moves smoothly between them; where it is `calm` it goes from layer to layer at once.
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
    """The layer that a position is near enough to, or else the position."""
    nearest = round(position)
    return nearest if abs(position - nearest) < SNAP + 1e-6 else position


def stop_after(position, last):
    """The first layer behind a position, as far as there is one."""
    return min(math.floor(position + 1e-6) + 1, last)


def stop_before(position):
    """The last layer before a position, as far as there is one."""
    return max(math.ceil(position - 1e-6) - 1, 0)


def stepped(position, by, last):
    """A position moved by a share of a layer, in hundredths."""
    return min(max(round((position + by) * 100) / 100, 0), last)


def parts(position):
    """`(number of the layer, morph)`: a position as an experiment says it."""
    layer = math.floor(position + 1e-6)
    return layer, max(position - layer, 0)


def words(position, names):
    """Where a position is: `layer tanh1`, or `40 % of the way from fc1 to tanh1`."""
    layer, morph = parts(position)
    percent = round(100 * morph)
    if percent == 100:
        layer, percent = layer + 1, 0
    if not percent:
        return "layer " + names[layer]
    return "%d %% of the way from %s to %s" % (percent, names[layer], names[layer + 1])


def percent(share):
    """A share as a whole number of hundredths; None for NaN."""
    return round(100 * share) if share == share else None


def probe_words(name, training, held_out):
    """What a linear probe has right at a layer, in percent of the training points and of those held out."""
    if training is None or held_out is None:
        return "No straight line has been tried at layer %s yet" % name
    return "A straight line at layer %s has %d %% of the training points right, %d %% of those held out" % (
        name,
        training,
        held_out,
    )
