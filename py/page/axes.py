"""Axes: where the ticks go, and drawing them around a plot. Pure but for `draw`."""

import math

MARGIN_LEFT = 34
MARGIN_BOTTOM = 22
MARGIN_TOP = 8
MARGIN_RIGHT = 8


def ticks(low, high, count=6):
    """Round numbers from `low` to `high`, about `count` of them: steps of 1, 2 or 5 times a power of ten."""
    span = high - low
    if not span > 0:
        return [low]
    power = 10 ** math.floor(math.log10(span / count))
    step = power * next(factor for factor in (1, 2, 5, 10) if factor == 10 or span / (factor * power) <= count)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    # MicroPython's `range` takes only what fits a machine word.
    return [(first + index) * step for index in range(last - first + 1)]


def tick_text(value, step):
    """A tick's value with the digits that its distance to the next one asks for."""
    digits = math.floor(math.log10(step) + 1e-9) if step > 0 else 0
    if value and (abs(value) >= 1e5 or step < 1e-4):
        text = ("%." + str(max(0, math.floor(math.log10(abs(value)) + 1e-9) - digits)) + "e") % value
    else:
        text = ("%." + str(max(0, -digits)) + "f") % value
    if float(text) == 0:
        return "0"
    return "−" + text[1:] if text[0] == "-" else text


def plot_box(width, height):
    """`(left, top, width, height)` of the plot inside a canvas of that size, in CSS pixels."""
    return (
        MARGIN_LEFT,
        MARGIN_TOP,
        width - MARGIN_LEFT - MARGIN_RIGHT,
        height - MARGIN_TOP - MARGIN_BOTTOM,
    )


def draw(context, box, x_range, y_range, text_colour, line_colour):
    """Draws grid lines, the frame and tick labels around the plot in `box`."""
    left, top, width, height = box
    context.font = "11px Inter, system-ui, sans-serif"
    context.lineWidth = 1
    context.strokeStyle = line_colour
    context.fillStyle = text_colour
    low, high = x_range
    values = ticks(low, high)
    step = values[1] - values[0] if len(values) > 1 else high - low
    context.textAlign = "center"
    context.textBaseline = "top"
    context.beginPath()
    for value in values:
        x = left + (value - low) / (high - low) * width
        context.moveTo(x, top)
        context.lineTo(x, top + height)
        context.fillText(tick_text(value, step), x, top + height + 7)
    low, high = y_range
    values = ticks(low, high)
    step = values[1] - values[0] if len(values) > 1 else high - low
    context.textAlign = "right"
    context.textBaseline = "middle"
    for value in values:
        y = top + height - (value - low) / (high - low) * height
        context.moveTo(left, y)
        context.lineTo(left + width, y)
        context.fillText(tick_text(value, step), left - 6, y)
    context.stroke()
    context.strokeRect(left, top, width, height)
