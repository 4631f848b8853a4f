"""Ticks of the charts: their values and texts, along the epochs and along a metric. Pure."""

import math

from page.plots import axes

# Fewer steps than this could leave an axis with a single tick: the step after the next smaller one may be 2.5 times it.
LEAST_COUNT = 3
# A constant metric of 0, and one that is not known, are drawn on a scale up to this.
WITHOUT_RANGE = 1
# Room above the largest number, as a share of it.
ROOM = 0.05
# From so many epochs on they are counted in thousands, millions and thousands of millions.
THOUSANDS = 10000
UNITS = ((1000000000, "G"), (1000000, "M"), (1000, "k"))


def epoch_end(last):
    """The end of the axis of epochs, which begins at 0: the run's last epoch, but there is always some room."""
    return max(last, 1)


def loss_end(largest):
    """The end of the axis of the loss, which begins at 0, for the largest loss that is a number; 0 if there is none."""
    return largest * (1 + ROOM) if largest > 0 else WITHOUT_RANGE


def epoch_ticks(last, count):
    """`(values, texts)` of whole epochs from 0 to the axis' end, at least two and about `count`."""
    end = epoch_end(last)
    step = max(1, axes.tick_step(end, max(LEAST_COUNT, count)))
    values = [round(value) for value in axes.ticks(0, end, step)]
    return values, [_epoch_text(value, values[-1] >= THOUSANDS) for value in values]


def loss_ticks(end, count):
    """`(values, texts)` from 0 to `end`, at least two and about `count`; each text says its own power of ten."""
    step = axes.tick_step(end, max(LEAST_COUNT, count))
    values = axes.ticks(0, end, step)
    # In powers of the step, so that there are no more digits than need be.
    power = math.floor(math.log10(step) + 1e-9) if axes.shared_power(values, step) else 0
    texts = axes.tick_texts(values, step, power)
    return values, [text if text == "0" else text + axes.power_text(power) for text in texts]


def share_ticks(count):
    """`(values, texts)` from 0 to 1, in per cent."""
    values = axes.ticks(0, 1, axes.tick_step(1, max(LEAST_COUNT, count)))
    return values, ["%d %%" % round(100 * value) for value in values]


def _epoch_text(epoch, shortened):
    if shortened and epoch:
        for unit, name in UNITS:
            if epoch >= unit:
                return ("%.2f" % (epoch / unit)).rstrip("0").rstrip(".") + name
    return "{:,}".format(epoch)
