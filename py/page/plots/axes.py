"""Axes: places and texts of ticks, and drawing them around a plot. Pure, except `draw` and `margin`."""

import math

# The size of the page's text, in CSS pixels, for which the lengths below are meant; they grow with larger text.
TEXT = 13
# The size of the ticks' texts as a share of that of the page.
SHARE = 0.92
MARGIN_LEFT = 38
MARGIN_BOTTOM = 22
MARGIN_TOP = 8
MARGIN_RIGHT = 8
# The left margin grows in steps of this size, up to a limit, for wide texts.
MARGIN_STEP = 8
LARGEST_MARGIN = 90
# CSS pixels between a tick's text and the plot, and the least number of them between two texts.
GAP = 6
APART = 10
# The unit of an axis whose numbers are read as they are, see `labelled`.
AS_IT_IS = (0.0, 1.0)
# About so many ticks are along the shorter side.
COUNT = 6


def scaled(length, text):
    """A length that is meant for text of the size `TEXT`, for text of another size."""
    return length * text // TEXT


def font(text, weight=400):
    """The font of what is written in a view, for a size of the page's text."""
    return "%d %.1fpx Inter, system-ui, sans-serif" % (weight, SHARE * text)


def tick_step(span, count=COUNT):
    """The distance between two of about `count` ticks over a span: 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(span / count))
    return power * next(factor for factor in (1, 2, 5, 10) if factor == 10 or span / (factor * power) <= count + 1e-6)


def ticks(low, high, step):
    """The multiples of `step` from `low` to `high`."""
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    # MicroPython's `range` takes only numbers that fit a machine word, which `first` may not do.
    return [(first + index) * step for index in range(last - first + 1)]


def shared_power(values, step):
    """The power of ten that the texts of ticks share; 0 if they are short enough without one."""
    largest = max([abs(value) for value in values]) if values else 0
    if not largest or (largest < 1e5 and step >= 1e-4):
        return 0
    return math.floor(math.log10(largest) + 1e-9)


def tick_texts(values, step, power=0):
    """The texts of ticks: `values` divided by ten to the `power`, with as many digits as their distance needs."""
    digits = max(0, power - math.floor(math.log10(step) + 1e-9))
    return [_text(value / 10.0**power, digits) for value in values]


def _text(value, digits):
    text = ("%." + str(digits) + "f") % value
    if float(text) == 0:
        return "0"
    return "−" + text[1:] if text[0] == "-" else text


def power_text(power):
    """The text at an axis whose ticks share a power of ten: `×10⁻⁵`; empty for the power 0."""
    if not power:
        return ""
    return "×10" + "".join(["⁻" if digit == "-" else "⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(power)])


def plot_box(width, height, left=MARGIN_LEFT, text=TEXT):
    """`(left, top, width, height)` of the plot inside a canvas of that size, in CSS pixels, for a size of text."""
    top, right, bottom = [scaled(margin, text) for margin in (MARGIN_TOP, MARGIN_RIGHT, MARGIN_BOTTOM)]
    return left, top, max(1, width - left - right), max(1, height - top - bottom)


def square(box):
    """The largest square in the middle of a plot, as `(left, top, width, height)`."""
    left, top, width, height = box
    side = min(width, height)
    return left + (width - side) / 2, top + (height - side) / 2, side, side


def labelled(ranges, units=None):
    """`[(ticks, texts, power)]` of both axes, with the same step; `power` is the power of ten that the texts share.

    With `units`, (first, second) for each axis, a number n at an axis is read as first + second · n, and each axis has
    a step of its own, round in what is read.
    """
    if not units:
        step = tick_step(min([high - low for low, high in ranges]))
        return [_axis(low, high, step) for low, high in ranges]
    result = []
    for (low, high), (first, second) in zip(ranges, units):
        low, high = first + second * low, first + second * high
        values, texts, power = _axis(low, high, tick_step(high - low))
        result.append(([(value - first) / second for value in values], texts, power))
    return result


def _axis(low, high, step):
    values = ticks(low, high, step)
    power = shared_power(values, step)
    return values, tick_texts(values, step, power), power


def margin(context, axes, text=TEXT):
    """The width of the left margin that the ticks of `labelled` need, for a size of text."""
    least, step = scaled(MARGIN_LEFT, text), scaled(MARGIN_STEP, text)
    widest = _width(context, axes[1][1], text) + scaled(GAP, text) + 2
    return min(least + step * math.ceil(max(0, widest - least) / step), scaled(LARGEST_MARGIN, text))


def _width(context, texts, text):
    """The width of the longest text, in CSS pixels."""
    context.font = font(text)
    most = max([len(text) for text in texts] or [0])
    return max([context.measureText(text).width for text in texts if len(text) == most] or [0])


def draw(context, mapping, axes, text_colour, line_colour, size=TEXT):
    """Draws grid lines, the frame and the ticks' texts around the plot of a `Mapping`; `axes` come from `labelled`.

    `size` is that of the page's text.
    """
    gap = scaled(GAP, size)
    left, top, width, height = mapping.box
    context.lineWidth = 1
    context.strokeStyle = line_colour
    context.fillStyle = text_colour
    (values, texts, power), (up_values, up_texts, up_power) = axes
    widest = _width(context, texts, size)
    # Where texts would overlap, only every so many-th tick has one.
    every = max(1, math.ceil((widest + scaled(APART, size)) * len(values) / width))
    rightmost = left + width + scaled(MARGIN_RIGHT, size) - widest / 2
    context.textAlign = "center"
    context.textBaseline = "top"
    context.beginPath()
    for index, value in enumerate(values):
        x, _ = mapping.pixel(value, 0)
        context.moveTo(x, top)
        context.lineTo(x, top + height)
        if index % every == 0:
            context.fillText(texts[index], min(x, rightmost), top + height + gap + 1)
    context.textAlign = "right"
    context.textBaseline = "middle"
    for value, text in zip(up_values, up_texts):
        _, y = mapping.pixel(0, value)
        context.moveTo(left, y)
        context.lineTo(left + width, y)
        context.fillText(text, left - gap, y)
    context.stroke()
    context.strokeRect(left, top, width, height)
    if power:
        context.textBaseline = "bottom"
        context.fillText(power_text(power), left + width - gap, top + height - 4)
    if up_power:
        context.textAlign = "left"
        context.textBaseline = "top"
        context.fillText(power_text(up_power), left + gap, top + 4)
