"""The marks of the points: a colour and a shape for each class, hollow where a point is held out."""

import math

from page import canvas

SIZE = 13
HALF = SIZE / 2
RADIUS = 4.2

# The corners of a class's mark: none is a circle.
CORNERS = (0, 3, 4, 5)


def sprites(colours, outline):
    """A small canvas for each `(class, held out)`, to be drawn with its middle on the point."""
    return {
        (index, held_out): _sprite(CORNERS[index % len(CORNERS)], colour, outline, held_out)
        for index, colour in enumerate(colours)
        for held_out in (False, True)
    }


def _sprite(corners, colour, outline, held_out):
    result, context = canvas.spare(SIZE, SIZE)
    context.lineJoin = "round"
    context.beginPath()
    if corners:
        radius = RADIUS * (1.28 if corners == 3 else 1.15)
        for corner in range(corners):
            angle = 2 * math.pi * corner / corners - math.pi / 2
            x, y = HALF + radius * math.cos(angle), HALF + (0.8 if corners == 3 else 0) + radius * math.sin(angle)
            if corner:
                context.lineTo(x, y)
            else:
                context.moveTo(x, y)
        context.closePath()
    else:
        context.arc(HALF, HALF, RADIUS, 0, 2 * math.pi)
    if held_out:
        context.fillStyle = outline
        context.fill()
        context.strokeStyle = colour
        context.lineWidth = 2
    else:
        context.fillStyle = colour
        context.fill()
        context.strokeStyle = outline
        context.lineWidth = 1.2
    context.stroke()
    return result


def draw(context, marks, points, labels, training, box, x_range, y_range):
    """Draws points, a flat list x, y, x, y, …, into the plot in `box`; one that is not finite is left out."""
    left, top, width, height = box
    x_low, x_high = x_range
    y_low, y_high = y_range
    x_scale = width / (x_high - x_low)
    y_scale = height / (y_high - y_low)
    x_shift = left - x_low * x_scale - HALF
    y_shift = top + height + y_low * y_scale - HALF
    draw_image = context.drawImage
    for index in range(len(labels)):
        x = points[2 * index] * x_scale + x_shift
        y = y_shift - points[2 * index + 1] * y_scale
        # False for NaN as well.
        if -1e6 < x < 1e6 and -1e6 < y < 1e6:
            draw_image(marks[labels[index], not training[index]], x, y, SIZE, SIZE)
