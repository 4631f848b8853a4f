"""The marks of the points: a colour and a shape for each class, hollow where held out, with a cross where wrong."""

from pyscript import window

from page.plots import paths

RADIUS = 4.2
# On a canvas with a side shorter than this, in CSS pixels, marks are smaller, but not below `SMALL`.
AMPLE, SMALL = 280, 2.6
# The size and the strength of a mark by its depth, from the farthest to the nearest.
DEPTH_SIZES = (0.74, 0.86, 1.0, 1.14)
DEPTH_STRENGTHS = (0.45, 0.65, 0.85, 1.0)
# The strength of the points that are not chosen, where some are.
FADED = 0.22
# Of the cross over a point that the network has wrong, as multiples of the radius of the point's mark: half its width,
# and the width of its lines and of their rims. They leave so much of the mark that its shape and colour are seen.
CROSS, CROSS_LINE, CROSS_RIM = 1.25, 0.28, 0.5
# A pointer this near to a point, in CSS pixels, points at it.
REACH = 12
# If there are more points than this, they are drawn smaller, without a rim, and so many at a time.
MANY = 1500
AT_A_TIME = 100
SMALLEST = 1.5
# If more points are wrong than this, they are only counted: crosses would hide of which class they are.
MOST_CROSSED = MANY


def radius_of(count, side, enlarged=1):
    """The radius of the marks of `count` points on a canvas whose shorter side is `side`, in CSS pixels.

    Where there is room they are `enlarged` times as large.
    """
    radius = max(SMALL, RADIUS * min(enlarged, side / AMPLE))
    return radius if count <= MANY else max(SMALLEST, radius * (MANY / count) ** 0.5)


def is_held_out(key):
    """Whether a group of points is held out, by its key, see `Mark`."""
    return key % 2 == 1


class Mark:
    """The look of a group of points, given by its key: held out + 2 · chosen + 4 · depth + 16 · class.

    If `plain`, marks are only filled, which is quick. If `is_level`, the class is the level of a target, and all marks
    are discs.
    """

    def __init__(self, key, colours, surface, emphasis, radius=RADIUS, plain=False, is_level=False):
        self.held_out, self.chosen, self.depth, label = key % 2, key // 2 % 2, key // 4 % 4, key // 16
        self.colour, self.surface = colours[label], surface
        self.label = 0 if is_level else label
        self.rim = emphasis if self.chosen else surface
        self.rim_width = 1.8 if self.chosen else 1.1
        self.size = radius * DEPTH_SIZES[self.depth]
        self.plain = plain
        # The shape of a plain mark, and the scale for which it was made.
        self.shape = self.scale = None

    def draw(self, context, text, scale, fading):
        """Draws the marks of the group's points, given as the text of a path; a unit of it is `scale` pixels."""
        context.globalAlpha = DEPTH_STRENGTHS[self.depth] * (FADED if fading and not self.chosen else 1)
        if self.plain:
            self._draw_plainly(context, text, scale)
        else:
            path = window.Path2D.new(paths.marks(text, self.label, self.size / scale))
            if paths.is_round(self.label):
                self._draw_discs(context, path, 2 / scale)
            else:
                self._draw_polygons(context, path, 2 / scale)
        context.globalAlpha = 1

    def _draw_plainly(self, context, text, scale):
        if scale != self.scale:
            self.scale = scale
            self.shape = paths.plain_mark(self.label, self.size / scale, self.held_out)
        context.fillStyle = self.colour
        context.fill(window.Path2D.new(paths.marked(text, self.shape)))

    def _draw_discs(self, context, path, double):
        context.lineCap = "round"
        outer = self.size + (0.6 if self.held_out else 0)
        self._stroke(context, path, double * (outer + self.rim_width), self.rim)
        self._stroke(context, path, double * outer, self.colour)
        if self.held_out:
            self._stroke(context, path, double * (self.size - 1.4), self.surface)

    def _draw_polygons(self, context, path, double):
        context.lineJoin = "round"
        self._stroke(context, path, double * (self.rim_width + (0.6 if self.held_out else 0)), self.rim)
        context.fillStyle = self.surface if self.held_out else self.colour
        context.fill(path)
        if self.held_out:
            self._stroke(context, path, double * 0.9, self.colour)

    def _stroke(self, context, path, width, colour):
        context.lineWidth = width
        context.strokeStyle = colour
        context.stroke(path)


def crosses(context, key, text, fading, radius, scale, colour, surface, plain):
    """Draws a cross over each point of a group, given as the text of a path; a unit of it is `scale` pixels.

    `key` is that of a `Mark`. The ends of a cross stand out of the mark. If `plain`, it has no rim.
    """
    depth = key // 4 % 4
    path = window.Path2D.new(paths.marked(text, paths.cross(CROSS * radius * DEPTH_SIZES[depth] / scale)))
    context.globalAlpha = FADED if fading and not key // 2 % 2 else 1
    context.lineCap = "butt"
    lines = ((1, colour),) if plain else ((CROSS_RIM * radius, surface), (CROSS_LINE * radius, colour))
    for width, ink in lines:
        context.lineWidth = width / scale
        context.strokeStyle = ink
        context.stroke(path)
    context.globalAlpha = 1


def ring(context, x, y, inner, outer, enlarged=1):
    """Draws a ring around a highlighted point; it is visible on any background."""
    for width, colour in ((4, outer), (2, inner)):
        context.beginPath()
        context.arc(x, y, 9 * enlarged, 0, 6.2832)
        context.strokeStyle = colour
        context.lineWidth = width * enlarged
        context.stroke()


def crosshair(context, x, y, inner, outer, enlarged=1):
    """Draws the mark of a place in the plane."""
    arm, gap = 7 * enlarged, 3 * enlarged
    arms = arm + gap, arm, 2 * gap, arm, arm + gap, arm + gap, arm, 2 * gap, arm
    path = window.Path2D.new("M%.1f %.1f" % (x, y) + "m-%.1f 0h%.1fm%.1f 0h%.1fm-%.1f-%.1fv%.1fm0 %.1fv%.1f" % arms)
    for width, colour in ((4, outer), (2, inner)):
        context.strokeStyle = colour
        context.lineWidth = width * enlarged
        context.stroke(path)
