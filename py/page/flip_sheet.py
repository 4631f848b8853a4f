"""How the flip-book looks: a cell, on any canvas, and all cells on one sheet, as a picture and as SVG.

A cell is drawn by strokes and fills in its own units, of which `protocol.CELL_HALF` are half its side, y upwards. The
same ones make the cells of the page, the picture and the SVG, so that these do not differ.
"""

from collections import namedtuple

from pyscript import window
from pyscript.ffi import to_js

from page.dom import numbers
from page.palette import class_colours, css, level_colours
from page.plots import paths
from spec import protocol, registry

# Of the marks, the boundary and the upright line, in units of a cell.
RADIUS, RIM, BOUNDARY, UPRIGHT, DASHES = 46, 18, 26, 16, (70, 60)
# Inks that have a name, as custom properties of the style sheet. Those of classes and levels are numbers.
INKS = ("neutral", "boundary", "edge", "grid", "quiet", "surface", "text")

# One stroke or fill of a cell. data: path data. fill, stroke: inks, or None. width: of the stroke. dashed: whether it
# is. round: whether its ends are, as those of dots have to be.
Touch = namedtuple("Touch", ("data", "fill", "stroke", "width", "dashed", "round"))

# A cell as it is shown. cell: an object with the parts of `protocol.CELL`. share: its separability, between 0 and 1, or
# NaN. words: that as text. best: whether no other cell has more.
Entry = namedtuple("Entry", ("cell", "share", "words", "best"))

# Of the sheet, in CSS pixels: the side of a cell and the room for what stands below it, the gap between two, the room
# for what stands to the left, for a line of words and for the columns' names, the margin, and the size of text.
SIDE, BELOW, GAP, LEFT, LINE, NAMES, MARGIN, TEXT = 120, 28, 12, 120, 19, 52, 24, 13
# The bar below a cell: how far below, and how high.
APART, BAR = 5, 4
FONT = "Inter, system-ui, sans-serif"
# How many pixels of the picture a CSS pixel is, as far as the picture has no more than so many on a side and in all,
# which is what browsers can make.
SHARPNESS, LONGEST, MOST = 2, 8192, 40000000


def colours(task):
    """`(points, inks)` of the present theme: a colour for each class or level, and one for each of `INKS` by name."""
    points = level_colours() if task == registry.REGRESSION else class_colours()
    return points, {name: css("--" + name) for name in INKS}


def touches(cell, task):
    """The `Touch`es that make a cell, an object with the parts of `protocol.CELL`; a generator."""
    half = protocol.CELL_HALF
    boundary = paths.data(cell.boundary)
    if boundary:
        yield Touch(boundary, None, "boundary", BOUNDARY, False, True)
    for x in numbers(cell.upright):
        if abs(x) < half:
            yield Touch("M%.0f -%dV%d" % (x, half, half), None, "quiet", UPRIGHT, True, False)
    start, groups = 0, [int(number) for number in numbers(cell.mark_groups)]
    for key, count in zip(groups[0::2], groups[1::2]):
        end = start + 3 * count - 1
        ink = key // 16
        shape = 0 if task == registry.REGRESSION else ink
        data = paths.marks(cell.marks.subarray(start, end).join(" "), shape, RADIUS)
        start = end
        for touch in _mark(data, paths.is_round(shape), ink, key % 2):
            yield touch


def _mark(data, is_disc, ink, hollow):
    """The touches of marks that are alike."""
    if is_disc:
        yield Touch(data, None, ink, 2 * RADIUS, False, True)
        if hollow:
            yield Touch(data, None, "neutral", 2 * (RADIUS - RIM), False, True)
    elif hollow:
        yield Touch(data, "neutral", ink, RIM, False, False)
    else:
        yield Touch(data, ink, None, 0, False, False)


def ink_of(name, inks):
    """The colour of an ink; `inks` are those of `colours`."""
    points, named = inks
    return named[name] if isinstance(name, str) else points[name]


def paint(context, cell, task, inks, x, y, side, ratio):
    """Draws a cell with its top left corner at (x, y), in CSS pixels, of which each is `ratio` of the canvas's."""
    scale = side / 2 / protocol.CELL_HALF
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.fillStyle = ink_of("neutral", inks)
    context.fillRect(x, y, side, side)
    context.save()
    context.beginPath()
    context.rect(x, y, side, side)
    context.clip()
    middle = ratio * (x + side / 2), ratio * (y + side / 2)
    context.setTransform(ratio * scale, 0, 0, -ratio * scale, *middle)
    for touch in touches(cell, task):
        path = window.Path2D.new(touch.data)
        if touch.fill is not None:
            context.fillStyle = ink_of(touch.fill, inks)
            context.fill(path)
        if touch.stroke is not None:
            context.lineWidth = touch.width
            context.lineCap = "round" if touch.round else "butt"
            context.strokeStyle = ink_of(touch.stroke, inks)
            if touch.dashed:
                context.setLineDash(to_js(list(DASHES)))
            context.stroke(path)
            if touch.dashed:
                context.setLineDash(to_js([]))
    context.restore()


# The sheet.


class Sheet:
    """Where everything stands on the sheet.

    `title` and `lines` are written above, `columns` are pairs of a layer's plain and own name, `rows` a list of lines
    for each epoch, `cells` an OrderedDict from (row, column) to `Entry`s.
    """

    def __init__(self, title, lines, columns, rows, cells):
        self.title, self.lines, self.columns, self.rows, self.cells = title, lines, columns, rows, cells
        # A sheet of few columns is wide enough for its words.
        longest = max(len(line) for line in lines)
        self.width = 2 * MARGIN + max(LEFT + len(columns) * (SIDE + GAP) - GAP, 7 * longest)
        self.top = MARGIN + 24 + len(lines) * LINE + NAMES
        self.height = self.top + len(rows) * (SIDE + BELOW + GAP) - GAP + MARGIN
        self.sharpness = min(
            SHARPNESS, LONGEST / self.width, LONGEST / self.height, (MOST / (self.width * self.height)) ** 0.5
        )

    def place(self, row, column):
        """The top left corner of a cell."""
        return MARGIN + LEFT + column * (SIDE + GAP), self.top + row * (SIDE + BELOW + GAP)

    def bars(self):
        """The bars below the cells, as `(x, y, width, ink)`: all, and as much of it as the share is."""
        for (row, column), entry in self.cells.items():
            x, y = self.place(row, column)
            yield x, y + SIDE + APART, SIDE, "grid"
            if entry.share == entry.share:
                yield x, y + SIDE + APART, SIDE * entry.share, "text" if entry.best else "quiet"

    def texts(self):
        """Everything that is written, as `(x, y, text, anchor, size, weight, ink)`; y is that of the base line."""
        yield MARGIN, MARGIN + 20, self.title, "start", 20, 650, "text"
        for index, line in enumerate(self.lines):
            weight, ink = (400, "quiet") if index else (600, "text")
            yield MARGIN, MARGIN + 24 + LINE * (index + 1), line, "start", TEXT, weight, ink
        for index, names in enumerate(self.columns):
            x, y = self.place(0, index)
            for line, (name, weight, ink) in enumerate(((names[0], 600, "text"), (names[1], 400, "quiet"))):
                yield x + SIDE / 2, y - 25 + 17 * line, name, "middle", TEXT, weight, ink
        for index, lines in enumerate(self.rows):
            _, y = self.place(index, 0)
            for line, text in enumerate(lines):
                weight, ink = (400, "quiet") if line else (600, "text")
                yield MARGIN, y + SIDE / 2 - 8 * len(lines) + 12 + 17 * line, text, "start", TEXT, weight, ink
        for (row, column), entry in self.cells.items():
            x, y = self.place(row, column)
            yield x + SIDE / 2, y + SIDE + BELOW - 4, entry.words, "middle", TEXT, 600 if entry.best else 400, "text"

    def pieces(self, context, task, inks):
        """Draws the sheet on a canvas of `sharpness` pixels for each CSS pixel; a generator, for it takes a while."""
        ratio = self.sharpness
        context.setTransform(ratio, 0, 0, ratio, 0, 0)
        context.fillStyle = ink_of("surface", inks)
        context.fillRect(0, 0, self.width, self.height)
        for (row, column), entry in self.cells.items():
            x, y = self.place(row, column)
            paint(context, entry.cell, task, inks, x, y, SIDE, ratio)
            context.setTransform(ratio, 0, 0, ratio, 0, 0)
            context.lineWidth = 1
            context.strokeStyle = ink_of("edge", inks)
            context.strokeRect(x, y, SIDE, SIDE)
            yield
        for x, y, width, ink in self.bars():
            context.fillStyle = ink_of(ink, inks)
            context.fillRect(x, y, width, BAR)
            yield
        for x, y, text, anchor, size, weight, ink in self.texts():
            context.font = "%d %dpx %s" % (weight, size, FONT)
            context.textAlign = "center" if anchor == "middle" else anchor
            context.fillStyle = ink_of(ink, inks)
            context.fillText(text, x, y)
            yield

    def svg(self, task, inks):
        """The sheet as SVG, piece by piece: a generator of texts."""
        size = self.width, self.height
        yield (
            '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="%s">'
            % (size + size + (FONT,))
        )
        yield "<title>%s</title>" % _escaped(self.title + ": " + self.lines[0])
        yield '<rect width="100%%" height="100%%" fill="%s"/>' % ink_of("surface", inks)
        half, scale = protocol.CELL_HALF, SIDE / 2 / protocol.CELL_HALF
        yield '<clipPath id="cell"><path d="M-%d -%dH%dV%dH-%dz"/></clipPath>' % (half, half, half, half, half)
        for (row, column), entry in self.cells.items():
            x, y = self.place(row, column)
            name = "%s, %s: %s" % (self.columns[column][1], self.rows[row][0], entry.words)
            parts = [
                '<g class="cell" data-row="%d" data-column="%d" clip-path="url(#cell)"' % (row, column),
                ' transform="translate(%.1f %.1f) scale(%.5f -%.5f)">' % (x + SIDE / 2, y + SIDE / 2, scale, scale),
                "<title>%s</title>" % _escaped(name),
                '<path class="ground" d="M-%d -%dH%dV%dH-%dz" fill="%s" stroke="%s" stroke-width="%d"/>'
                % (half, half, half, half, half, ink_of("neutral", inks), ink_of("edge", inks), 2 / scale),
            ]
            parts += [_svg_path(touch, inks) for touch in touches(entry.cell, task)]
            yield "".join(parts) + "</g>"
        for x, y, width, ink in self.bars():
            yield '<rect class="bar" x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>' % (
                x,
                y,
                width,
                BAR,
                ink_of(ink, inks),
            )
        for x, y, text, anchor, size, weight, ink in self.texts():
            yield '<text x="%.1f" y="%.1f" text-anchor="%s" font-size="%d" font-weight="%d" fill="%s">%s</text>' % (
                x,
                y,
                anchor,
                size,
                weight,
                ink_of(ink, inks),
                _escaped(text),
            )
        yield "</svg>"


def _svg_path(touch, inks):
    """A touch as an element; its class says what it is: `boundary`, `upright`, or `marks` and of which class."""
    kind = {"boundary": "boundary", "quiet": "upright"}.get(touch.stroke, "marks")
    points = [ink for ink in (touch.fill, touch.stroke) if ink is not None and not isinstance(ink, str)]
    result = '<path class="%s"' % kind
    if points:
        result += ' data-class="%d"' % points[0]
    result += ' fill="%s"' % ("none" if touch.fill is None else ink_of(touch.fill, inks))
    if touch.stroke is not None:
        result += ' stroke="%s" stroke-width="%d"' % (ink_of(touch.stroke, inks), touch.width)
    if touch.round:
        result += ' stroke-linecap="round"'
    if touch.dashed:
        result += ' stroke-dasharray="%d %d"' % DASHES
    return result + ' d="%s"/>' % touch.data


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
