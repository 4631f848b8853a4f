"""The network strip: for each layer a column of heat maps, with the weights as lines between them, and buttons."""

from pyscript import window
from pyscript.ffi import create_proxy, to_js

from page import canvas, strip_layout, wording
from page.dom import by_id, listen, numbers, set_text
from page.palette import css
from page.strip_buttons import StripButtons
from spec import registry, shape

# Opacity and thickness, in CSS pixels, of an edge by its step of weight (0: an edge without a weight). Edges with
# negative weights are dashed.
OPACITIES = (0.45, 0.4, 0.6, 0.8, 0.95)
WIDTHS = (1, 0.8, 1.3, 2, 2.8)
DASHES = [4, 3]
# More edges than this between two layers are drawn thinner.
CROWDED = 40
THINNER = 0.55
TINT_OPACITY = 0.13
FONT = "500 %.1fpx Inter, system-ui, sans-serif"
FONT_OF_TEXT = 0.92
# The names in the inputs' tiles: their size, and their distance from the tile's edges in pixels.
FONT_OF_NAME = 0.8
NAME_GAP = 1
# The largest side of a miniature, in pixels.
LARGEST_MINIATURE = 200
# How long a pointer rests on a neuron before the plane is shaded by it, in milliseconds.
GLIMPSE_AFTER = 120


class Strip:
    """A view of the network. Calls `on_neuron(layer, index)`, `on_layer(layer)` or `on_network(text)` after a click.

    Calls `on_glimpse()` when `seen` has changed because a pointer rests on a neuron, or no longer does.
    `text` is an entry for the field Hidden layers. The view marks the position of the playhead of `rail`, and the place
    of the input plane that is pointed at in `plane`.
    """

    def __init__(self, rail, plane, on_neuron, on_layer, on_network, on_glimpse):
        self.rail, self.plane = rail, plane
        self.on_neuron, self.on_glimpse = on_neuron, on_glimpse
        # The neuron that is pointed at, and the one by which the plane is shaded for that, `(layer, index)` or None.
        self.pointed = self.glimpsed = None
        self.glimpse_proxy = create_proxy(self._glimpse)
        self.buttons = StripButtons(self._clicked, on_layer, on_network, self._point)
        self.scroller, self.sheet = by_id("network-scroller"), by_id("network-sheet")
        self.canvas = by_id("strip")
        self.context = canvas.context_of(self.canvas)
        self.dashes, self.no_dashes = to_js(DASHES), to_js([])
        self.layers = []
        # The x at which the visible window of the network begins, and the size for which everything was laid out.
        self.left = 0
        self.laid_out_for = None
        self.position, self.neuron, self.place = 0, None, None
        self.weights = None
        self.names = []
        # The miniatures of all layers on a spare canvas, one below the other; their side, in pixels; its context.
        self.miniatures = self.miniature_size = self.miniatures_context = None
        # The tiles of the latest picture on a spare canvas, the side of a tile in samples, and the canvas's context.
        self.tiles = self.tile_size = self.tiles_context = None
        # For each layer the magnitude of its heat maps' full colour, a typed array.
        self.scales = None
        listen(self.scroller, "scroll", lambda event: self._scrolled())
        self._take_colours()

    # What is shown.

    def begin(self, experiment):
        """Builds the strip for the experiment's network, unless it is shown already."""
        layers = shape.layers(experiment)
        names = wording.input_names(experiment)
        if layers == self.layers:
            if names != self.buttons.inputs:
                self.buttons.name_inputs(names)
                self._place_names()
            return
        self.buttons.inputs = names
        self.pointed = self.glimpsed = None
        self.layers = layers
        self.weights = self.tiles = self.miniatures = self.scales = None
        self._build(tuple(experiment["hidden_layers"]))
        self.canvas.setAttribute("aria-label", strip_layout.description(layers))

    def empty(self):
        """Shows the network without heat maps and weights."""
        self.weights = self.tiles = self.miniatures = None
        self.draws = []
        self._forget_weights()
        self._paint_under()
        self.redraw()

    def advance(self, seconds, calm):
        """Makes more of a deep network's buttons."""
        if self.buttons.built == len(self.buttons.stops):
            return False
        going_on = self.buttons.go_on()
        self.buttons.mark(self.position, self.neuron)
        return going_on

    def drawn(self, frame):
        """Draws a picture's `tiles`, and its `weights` if it has any."""
        weights = getattr(frame, "weights", None)
        # A picture of the previous network may have other numbers of weights and tiles.
        if weights and weights.length == self.blocks[-1][1]:
            self.weights = weights
            self._forget_weights()
            self._paint_under()
        side, count = frame.tile_size, self.count
        if frame.tiles.length == 4 * side * side * count:
            self.scales = numbers(frame.tile_scales)
            if not self.tiles or (self.tiles.width, self.tiles.height) != (side, side * count):
                self.tiles, self.tiles_context = canvas.spare(side, side * count, 1)
                self.tile_size = side
                self._place_tiles()
            pixels = window.Uint8ClampedArray.new(frame.tiles.buffer)
            self.tiles_context.putImageData(window.ImageData.new(pixels, side, side * count), 0, 0)
        if getattr(frame, "miniatures", None):
            self._take_miniatures(frame)
        self.redraw()

    def _take_miniatures(self, frame):
        """Keeps the miniatures of some layers."""
        side, first = frame.miniature_size, frame.miniature_first
        count = frame.miniatures.length // (4 * side * side)
        if first + count > len(self.layers):
            return
        if not self.miniatures or self.miniature_size != side:
            before = self.miniatures
            self.miniatures, self.miniatures_context = canvas.spare(side, side * len(self.layers), 1)
            self.miniature_size = side
            if before:
                # They are there until each comes in the new size.
                self.miniatures_context.drawImage(before, 0, 0, side, side * len(self.layers))
        pixels = window.Uint8ClampedArray.new(frame.miniatures.buffer)
        self.miniatures_context.putImageData(window.ImageData.new(pixels, side, side * count), 0, side * first)

    def wants(self, experiment):
        ratio = window.devicePixelRatio
        return {"miniature": min(2 * round(self.rows.side * ratio), LARGEST_MINIATURE) if self.layers else 0}

    def follow(self, experiment):
        neuron = shape.shown_neuron(experiment) if experiment["shading"] == "neuron" else None
        # A neuron that is only glimpsed at is not marked.
        self.mark(self.rail.position, self.neuron if self.glimpsed else neuron)
        self.point_at(self.plane.pointed_at())

    def mark(self, position, neuron):
        """Marks the position of the playhead and a neuron.

        `position` is the number of a layer plus the share of the way to the next one. `neuron` is `(layer, index)`, or
        None if the left view does not show a neuron.
        """
        moved, chosen = position != self.position, neuron != self.neuron
        if not moved and not chosen:
            return
        self.position, self.neuron = position, neuron
        self.buttons.mark(position, neuron)
        if chosen:
            self._place_chosen()
        if moved:
            self._follow()
        self.redraw()

    def point_at(self, place):
        """Marks a place of the input plane in every tile: shares of its width and height from the top left, or None."""
        if place != self.place:
            self.place = place
            self.redraw()

    def seen(self, experiment):
        """The experiment, shaded by the neuron on which a pointer rests."""
        if not self.glimpsed:
            return experiment
        return dict(experiment, shading="neuron", neuron=shape.neuron_name(*self.glimpsed))

    def _point(self, neuron):
        """Takes note of the neuron that is pointed at, or of None; a pointer that passes by changes nothing."""
        if neuron != self.pointed:
            self.pointed = neuron
            window.setTimeout(self.glimpse_proxy, GLIMPSE_AFTER)

    def _glimpse(self):
        if self.pointed != self.glimpsed:
            self.glimpsed = self.pointed
            self.on_glimpse()

    def _clicked(self, layer, index):
        # What was chosen is seen, not what is pointed at.
        self.pointed = self.glimpsed = None
        self.on_neuron(layer, index)

    def describe(self, experiment, run):
        """Says what the colours of the heat maps stand for, at the layer that is seen."""
        index = min(round(self.position), len(self.layers) - 1)
        if not self.scales or len(self.scales) != len(self.layers):
            return
        layer, largest = self.layers[index], self.scales[index]
        of_shares = layer.kind == "softmax"
        by_id("heat").classList.toggle("of-shares", of_shares)
        set_text(by_id("heat-layer"), layer.name)
        set_text(by_id("heat-low"), "0" if of_shares else wording.number_words(-largest))
        set_text(by_id("heat-high"), wording.number_words(largest))

    def restyle(self):
        """Draws in the colours of the present theme."""
        self._take_colours()
        self._paint_under()
        self.redraw()

    def resize(self):
        """Lays the strip out again, if the size has changed."""
        if self.layers and self.laid_out_for != self._size():
            self._build(self.buttons.hidden_layers)

    # How it is laid out.

    def _size(self):
        return self.scroller.clientWidth, self.canvas.clientHeight, window.devicePixelRatio

    def _build(self, hidden_layers):
        """Lays everything out for the network and the available room."""
        widths = [width for _, _, width in self.layers]
        count = len(self.layers)
        self.text_size = canvas.text_size()
        # With a touch screen the height depends on this property, so the room is measured after it is set.
        column = strip_layout.column_width(self.scroller.clientWidth, count, self.text_size)
        least = strip_layout.height_for_fingers(widths, column, self.text_size)
        self.sheet.style.setProperty("--for-fingers", "%dpx" % least)
        self.laid_out_for = width, height, _ = self._size()
        self.column = strip_layout.column_width(width, count, self.text_size)
        self.blocks = strip_layout.weight_blocks(self.layers)
        self.columns = strip_layout.columns(widths, self.column, height, self.text_size)
        self.rows = strip_layout.rows(self.column, height, self.text_size)
        self.count = sum(column.shown for column in self.columns)
        for name, length in (
            ("--miniatures", self.rows.miniatures),
            ("--miniature", self.rows.side),
            ("--probes", self.rows.probes),
            ("--frames", self.rows.frames),
        ):
            self.sheet.style.setProperty(name, "%dpx" % length)
        self.sheet.classList.toggle("wide", self.rows.wide)
        self.sheet.style.setProperty("--column", "%dpx" % self.column)
        self.sheet.style.setProperty("--layers", str(count))
        canvas.fit(self.canvas)
        self.window = min(width, self.column * count), height
        self.under, self.under_context = canvas.spare(*self.window)
        # By layer: its edges as texts, the same as paths, and its tiles' outlines; made when they are first visible.
        self.pieces, self.paths, self.squares = {}, {}, {}
        self.buttons.build(self.layers, hidden_layers, self.columns, self.column, self.rows.frames, self.text_size)
        self.buttons.mark(self.position, self.neuron)
        self._take_window()
        self._follow()
        self.redraw()

    def _take_window(self):
        """Updates everything that depends on which part of the network is visible."""
        self.left = self.scroller.scrollLeft
        self.first, self.last = strip_layout.visible(self.left, self.window[0], self.column, len(self.layers))
        self._place_tiles()
        self._place_chosen()
        self._paint_under()

    def _scrolled(self):
        if self.layers and self.scroller.scrollLeft != self.left:
            self._take_window()
            self.redraw()

    def _follow(self):
        """Scrolls so that the playhead is visible."""
        x = (self.position + 0.5) * self.column
        left = strip_layout.scrolled(x, self.left, self.window[0], 1.5 * self.column)
        if left != self.left:
            self.scroller.scrollLeft = left
            if self.scroller.scrollLeft != self.left:
                self._take_window()

    # Drawing.

    def _take_colours(self):
        self.edge, self.quiet, self.surface = css("--edge"), css("--quiet"), css("--surface")
        self.accent, self.text = css("--accent"), css("--text")
        self.positive, self.negative = css("--positive"), css("--negative")

    def _place_tiles(self):
        """Sets `draws`: for every visible tile the arguments of `drawImage`."""
        self.draws = []
        self._place_names()
        if not self.tiles:
            return
        side, left, row = self.tile_size, round(self.left), 0
        for index, column in enumerate(self.columns):
            if self.first <= index < self.last:
                for neuron in range(column.shown):
                    x, y = strip_layout.corner(column, neuron)
                    self.draws.append(
                        (self.tiles, 0, side * (row + neuron), side, side, x - left, y, column.size, column.size)
                    )
            row += column.shown

    def redraw(self):
        """Draws the tint at the playhead, then what lies under the tiles, the tiles, and the chosen neuron's border."""
        if not self.layers or not all(self.window):
            return
        context = self.context
        width, height = self.window
        context.clearRect(0, 0, width, height)
        context.globalAlpha = TINT_OPACITY
        context.fillStyle = self.accent
        context.beginPath()
        context.roundRect(self.position * self.column - self.left, 0, self.column, height, 6)
        context.fill()
        context.globalAlpha = 1
        context.drawImage(self.under, 0, 0, width, height)
        draw_image = context.drawImage
        if self.miniatures:
            side, place = self.miniature_size, self.rows.side
            left = (self.column - place) // 2 - round(self.left)
            for index in range(self.first, self.last):
                x = index * self.column + left
                draw_image(self.miniatures, 0, side * index, side, side, x, self.rows.miniatures, place, place)
        for arguments in self.draws:
            draw_image(*arguments)
        self._draw_names(context)
        if self.place:
            self._draw_place(context)
        if self.chosen:
            for colour, line in ((self.surface, 5), (self.accent, 2.5)):
                context.strokeStyle = colour
                context.lineWidth = line
                context.strokeRect(*self.chosen)

    def _place_names(self):
        """Sets `names`: `(name, x, y)` of the inputs whose tiles have room for their names."""
        self.names = []
        names = self.buttons.inputs
        if self.first or not names or len(names) > self.columns[0].shown:
            return
        column, context = self.columns[0], self.context
        context.font = FONT % self._name_size()
        room = column.size - 2 * NAME_GAP
        for index, name in enumerate(names):
            if max(self._name_size(), context.measureText(name).width) <= room:
                x, y = strip_layout.corner(column, index)
                self.names.append((name, x - round(self.left) + NAME_GAP, y + column.size - NAME_GAP))

    def _name_size(self):
        return FONT_OF_NAME * self.text_size

    def _draw_names(self, context):
        """Writes the names of the inputs into their tiles."""
        if not self.names:
            return
        context.font = FONT % self._name_size()
        context.textAlign, context.textBaseline, context.lineJoin = "left", "bottom", "round"
        context.strokeStyle, context.fillStyle, context.lineWidth = self.surface, self.text, 3
        for name, x, y in self.names:
            context.strokeText(name, x, y)
            context.fillText(name, x, y)

    def _draw_place(self, context):
        """Draws a dot in every tile at the place that is pointed at."""
        across, down = self.place
        dots = ["M%.1f %.1fh.01" % (tile[5] + across * tile[7], tile[6] + down * tile[7]) for tile in self.draws]
        path = window.Path2D.new("".join(dots))
        context.lineCap = "round"
        for colour, line in ((self.surface, 6), (self.text, 3.5)):
            context.strokeStyle = colour
            context.lineWidth = line
            context.stroke(path)

    def _place_chosen(self):
        """Sets `chosen`: the arguments of `strokeRect` for the chosen neuron's border, or None if it is not visible."""
        self.chosen = None
        if self.neuron:
            for index in range(self.first, self.last):
                column = self.columns[index]
                if self.layers[index][0] == self.neuron[0] and self.neuron[1] < column.shown:
                    x, y = strip_layout.corner(column, self.neuron[1])
                    self.chosen = x - round(self.left) - 0.5, y - 0.5, column.size + 1, column.size + 1

    def _paint_under(self):
        """Draws what lies under the tiles, and changes only with weights, theme and window: edges, frames, borders."""
        if not self.layers or not all(self.window):
            return
        context = self.under_context
        context.clearRect(0, 0, *self.window)
        context.save()
        context.translate(-round(self.left), 0)
        self._paint_edges(context)
        context.font = FONT % (FONT_OF_TEXT * self.text_size)
        context.textAlign = "center"
        for index in range(self.first, self.last):
            _, kind, width = self.layers[index]
            column = self.columns[index]
            left, top = strip_layout.corner(column, 0)
            right = strip_layout.corner(column, column.across - 1)[0] + column.size
            bottom = strip_layout.corner(column, column.shown - 1)[1] + column.size
            if kind in registry.entries("normalization"):
                context.strokeStyle = self.quiet
                context.lineWidth = 1.5
                context.beginPath()
                context.roundRect(left - 4, top - 4, right - left + 8, bottom - top + 8, 5)
                context.stroke()
            if index not in self.squares:
                self.squares[index] = window.Path2D.new(strip_layout.squares(column))
            context.fillStyle = self.surface
            context.fill(self.squares[index])
            # Half of the line is under the tiles.
            context.strokeStyle = self.edge
            context.lineWidth = 2
            context.stroke(self.squares[index])
            if width > column.shown:
                context.fillStyle = self.quiet
                context.fillText(
                    "+%d" % (width - column.shown), column.x, bottom + strip_layout.scaled(12, self.text_size)
                )
        context.restore()

    def _paint_edges(self, context):
        """Draws the edges between the visible layers, the faintest first."""
        paths = []
        for index in range(max(self.first, 1), min(self.last + 1, len(self.layers))):
            if index not in self.paths:
                self.paths[index] = self._edge_paths(index)
            paths += self.paths[index]
        for style in sorted({style for style, _ in paths}, key=lambda style: abs(style[0])):
            step, crowded = style
            context.strokeStyle = self.positive if step > 0 else self.negative if step else self.quiet
            context.globalAlpha = OPACITIES[abs(step)]
            context.lineWidth = WIDTHS[abs(step)] * (THINNER if crowded else 1)
            context.setLineDash(self.dashes if step < 0 else self.no_dashes)
            for other, path in paths:
                if other == style:
                    context.stroke(path)
        context.globalAlpha = 1
        context.setLineDash(self.no_dashes)

    def _edge_paths(self, index):
        """`[((step, crowded), path)]` of the edges into a layer, by step of weight; 0 is for edges without a weight."""
        kind = self.layers[index][1]
        if kind == "dense" and not self.weights:
            return []
        if index not in self.pieces:
            self.pieces[index] = strip_layout.edges(kind, self.columns[index - 1], self.columns[index])
        pieces = self.pieces[index]
        if kind != "dense":
            return [((0, False), window.Path2D.new("".join(pieces)))]
        weights = numbers(self.weights.subarray(*self.blocks[index]))
        crowded = len(pieces) > CROWDED
        return [
            ((step, crowded), window.Path2D.new("".join(parts)))
            for step, parts in strip_layout.by_step(pieces, weights).items()
        ]

    def _forget_weights(self):
        """Forgets the paths of edges into dense layers, so that they are made again by the present weights."""
        for index, (_, kind, _) in enumerate(self.layers):
            if kind == "dense":
                self.paths.pop(index, None)
