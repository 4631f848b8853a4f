"""The flip-book: all layers at chosen epochs of the run, as small pictures in a dialog over the page."""

from collections import OrderedDict

from pyscript import document, window
from pyscript.ffi import create_proxy, to_js

from page import canvas, flip_words, story, wording
from page.dom import element, listen, now, numbers, set_text
from page.flip_sheet import Entry, Sheet, colours, paint
from page.run_client import SEEN
from page.run_words import metric_text
from spec import protocol, shape

# The most rows, and the most cells where that would be more.
ROWS, CELLS = 6, 600
# How long the lab may work at a time, and for how long the page draws in a frame of the display, in milliseconds.
LAB_MILLISECONDS, SLICE = 15, 5
# The largest side of a cell, in CSS pixels. The least one and the room around cells are the style sheet's.
LARGEST = 220
# So many elements of cells are made at a time.
PORTION = 8
WAYS = {"ArrowLeft": (0, -1), "ArrowRight": (0, 1), "ArrowUp": (-1, 0), "ArrowDown": (1, 0)}
ENDS = {"Home": 0, "End": -1}
TITLE = "Flip-book"
MAKING = "The lab makes it while you look …"
NOTHING_KEPT = "This network is so large that the run keeps no copies of it."
NOT_YET = "As soon as the network is there …"
UNTRAINED = "Untrained: there will be more rows as soon as it has trained."
CHOOSE = " Choose a picture to go there."


class FlipBook:
    """The dialog, and a view: it closes when another network is made. `app` is the `App`."""

    def __init__(self, app):
        self.app = app
        # due: whether a book is to be begun. waiting: the lab's generation while its answer is awaited, else None.
        self.due, self.waiting = False, None
        # What is still to be drawn or made, functions of nothing; whether a frame was asked for.
        self.work, self.scheduled = [], False
        # The places of cells that have to be drawn once more.
        self.stale = []
        # Of the generator that makes a file; None if there is none.
        self.saving = None
        self._answered_proxy = create_proxy(self._answered)
        self._frame_proxy = create_proxy(self._frame)
        self._build()
        self._forget()

    def _forget(self):
        """Begins with nothing."""
        self.layers, self.task = [], None
        self.epochs, self.figures, self.finished = [], [], False
        # (row, column) -> its `Entry`; the elements of all cells, row by row; the number of the one
        # to which the Tab key leads.
        self.cells = OrderedDict()
        self.elements, self.at = [], 0
        self.names, self.heads, self.inks = [], [], None
        # The experiment, and the side of a cell.
        self.begun, self.side = None, LARGEST
        self.work, self.stale, self.saving = [], [], None
        self.grid.replaceChildren()

    def _build(self):
        self.dialog = element("dialog", class_="flip-book", aria_labelledby="flip-book-title")
        article, head, ways = element("article"), element("header"), element("div", class_="ways")
        self.words = element("p", id="flip-book-words")
        self.note, self.hint = element("p", role="status", class_="note"), element("p", class_="quiet")
        self.png = element("button", "Save as PNG", type="button", class_="small", disabled="")
        self.svg = element("button", "Save as SVG", type="button", class_="small", disabled="")
        close = element("button", "Close", type="button", class_="small", autofocus="")
        ways.append(self.png, self.svg, close)
        head.append(element("h2", TITLE, id="flip-book-title"), self.words, ways)
        self.grid = element("div", class_="flip-grid", role="grid", aria_labelledby="flip-book-title")
        article.append(head, self.note, self.hint, self.grid)
        self.dialog.append(article)
        document.body.append(self.dialog)
        listen(close, "click", lambda event: self.dialog.close())
        listen(self.png, "click", lambda event: self._save(self._save_png))
        listen(self.svg, "click", lambda event: self._save(self._save_svg))
        listen(self.dialog, "keydown", self._pressed)
        listen(self.dialog, "click", self._clicked)
        listen(self.dialog, "close", lambda event: self.dialog.open or self._forget())
        listen(self.grid, "focusin", self._focused)

    # The dialog.

    def open(self):
        """Opens the dialog, with the run as it is now."""
        self._forget()
        self.due = True
        self.png.disabled = self.svg.disabled = True
        set_text(self.words, "")
        set_text(self.hint, "")
        self.dialog.showModal()
        self._go_on()

    def begin(self, experiment):
        self.close()

    def lost(self):
        self.close()

    def answered(self, run):
        if self.dialog.open and self.due:
            self._go_on()

    def restyle(self):
        self._draw_again()

    def resize(self):
        if self.dialog.open and self.elements:
            self._size()
            self._draw_again()

    def close(self):
        if self.dialog.open:
            self.dialog.close()

    # The lab.

    def _go_on(self):
        """Asks the lab for more, if there is more, and everything that has come is drawn."""
        run, lab = self.app.run, self.app.lab
        if not self.dialog.open or self.finished or self.work or self.waiting == lab.generation:
            return
        if not run.ready or run.opening or run.due or run.data is None:
            set_text(self.note, NOT_YET)
            return
        rows = 0
        if self.due:
            self.due = False
            set_text(self.note, MAKING)
            self.layers, self.task = shape.layers(self.app.experiment()), run.data.task
            rows = max(2, min(ROWS, CELLS // len(self.layers)))
            self.begun = self.app.experiment()
            set_text(self.hint, flip_words.HINTS[self.task] + CHOOSE)
        self.waiting = lab.generation
        lab.call("flip", protocol.write_flips([protocol.Flip(SEEN, rows, LAB_MILLISECONDS)]), self._answered_proxy)

    def _answered(self, answers):
        self.waiting = None
        # Asked for by a dialog that has been closed since.
        if self.dialog.open and not self.due:
            self._take(protocol.read_flipped(answers[0]))
        self._go_on()

    def _take(self, book):
        if not self.epochs:
            self.epochs = [int(epoch) for epoch in numbers(book.epochs)]
            if self.epochs:
                self.work.append(self._lay_out)
        figures, metrics = numbers(book.figures), protocol.METRICS[self.task]
        self.figures = [figures[at : at + len(metrics)] for at in range(0, len(figures), len(metrics))]
        for index in range(book.cells.length):
            self._keep(book.cells[index])
        self.finished = book.finished
        if self.finished:
            self.work.append(self._finish)
        self._draw_soon()

    def _keep(self, cell):
        place = int(cell.row), int(cell.column)
        share = numbers(cell.separability)[0]
        self.cells[place] = Entry(cell, share, story.percent(share) if share == share else "–", False)
        if place[1] == 0:
            self.work.append(lambda: self._show_figures(place[0]))
        self.work.append(lambda: self._show(place))

    # The grid.

    def _lay_out(self):
        """Makes the elements of all cells, row by row, before anything else is done."""
        names = element("div", role="row", class_="names")
        names.append(element("div", "Layer", role="columnheader", class_="corner"))
        self.names = [(wording.plain_name(self.layers, index), self.layers[index].name) for index in self._columns()]
        for plain, own in self.names:
            name = element("div", role="columnheader")
            name.append(element("b", plain), " ", element("span", own))
            names.append(name)
        self.grid.append(names)
        set_text(self.words, self._title_line())
        self._size()
        cell = element("div", role="gridcell", tabindex="-1", class_="cell")
        # Programs find what every canvas shows; people are told by the cell, which can have the focus.
        cell.append(element("canvas", role="img", aria_hidden="true"), element("i", class_="share"), element("span"))
        rows = []
        for row in range(len(self.epochs)):
            rows.append(lambda row=row: self._lay_out_head(row))
            for start in range(0, len(self.layers), PORTION):
                columns = range(start, min(start + PORTION, len(self.layers)))
                rows.append(lambda row=row, columns=columns: self._lay_out_cells(row, columns, cell))
        self.work = rows + [self._focus_nearest] + self.work

    def _lay_out_head(self, row):
        """Begins a row."""
        line, head = element("div", role="row"), element("div", role="rowheader")
        head.append(element("b", self._row_lines(row)[0]), element("span"), element("span"))
        self.heads.append(head)
        line.append(head)
        self.grid.append(line)

    def _lay_out_cells(self, row, columns, cell):
        """Makes the elements of some cells of a row; `cell` is a template."""
        line = self.heads[row].parentElement
        for column in columns:
            copy = cell.cloneNode(True)
            self.elements.append(copy)
            line.append(copy)
            self._name(row, column)

    def _focus_nearest(self):
        """Gives the focus to the cell that is nearest to what the page shows."""
        shown = shape.shown_layer(self.app.experiment()).name
        column = [layer.name for layer in self.layers].index(shown)
        nearest = min(range(len(self.epochs)), key=lambda row: abs(self.epochs[row] - self.app.run.epoch))
        self._move_to(nearest * len(self.layers) + column)

    def _size(self):
        """Gives the cells as much room as there is, so that all can be seen at once if that is possible."""
        style = window.getComputedStyle(self.grid)
        rem = float(window.getComputedStyle(document.documentElement).fontSize.replace("px", ""))

        def room(name):
            """A custom property of the style sheet, in CSS pixels."""
            text = style.getPropertyValue("--" + name).strip()
            return float(text.replace("rem", "")) * rem if text.endswith("rem") else float(text.replace("px", ""))

        columns, rows, above = len(self.layers), len(self.epochs), room("above")
        across = (window.innerWidth - room("around") - room("left")) / columns - room("gap")
        # What stands above the cells of a row is a row of the grid.
        beside = room("row-gap") * (2 if above else 1) + above + room("below")
        self.dialog.style.removeProperty("--spare")
        height = self.grid.clientHeight - room("names")
        down = height / rows - beside
        self.side = max(int(room("least")), min(int(across), int(down), LARGEST))
        self.dialog.style.setProperty("--side", "%dpx" % self.side)
        self.dialog.style.setProperty("--columns", str(columns))
        self.dialog.style.setProperty("--spare", "%dpx" % max(0, height - rows * (self.side + beside) - 1.5 * rem))

    def _show(self, place):
        """Draws a cell."""
        entry = self.cells[place]
        box = self._element(place)
        ratio = window.devicePixelRatio
        drawn = box.firstChild
        drawn.width = drawn.height = int(self.side * ratio + 0.5)
        self.inks = self.inks or colours(self.task)
        paint(canvas.context_of(drawn), entry.cell, self.task, self.inks, 0, 0, self.side, ratio)
        box.style.setProperty("--share", "%.1f%%" % (100 * entry.share if entry.share == entry.share else 0))
        set_text(box.lastChild, entry.words)
        self._name(*place)

    def _name(self, row, column):
        """Says what a cell shows."""
        box, label = self._element((row, column)), self._label(row, column)
        for named in (box, box.firstChild):
            named.setAttribute("aria-label", label)

    def _element(self, place):
        return self.elements[place[0] * len(self.layers) + place[1]]

    def _draw_again(self):
        self.inks = None
        if self.dialog.open and self.elements:
            self.stale = list(self.cells)
            self._draw_soon()

    def _show_figures(self, row):
        """Writes what stands beside a row."""
        for line, text in zip(list(self.heads[row].children)[1:], self._row_lines(row)[1:]):
            set_text(line, text)

    def _finish(self):
        if not self.epochs:
            set_text(self.note, NOTHING_KEPT)
            set_text(self.hint, "")
            return
        set_text(self.note, UNTRAINED if self.epochs == [0] else self._finding())
        self.work += [lambda place=place: self._mark_as_best(place) for place in flip_words.best(self._shares())]
        self.work.append(self._allow_files)

    def _allow_files(self):
        self.png.disabled = self.svg.disabled = False

    def _mark_as_best(self, place):
        entry = self.cells[place]
        self.cells[place] = Entry(entry.cell, entry.share, entry.words, True)
        self._element(place).classList.add("best")

    # Words.

    def _columns(self):
        return range(len(self.layers))

    def _label(self, row, column):
        words = "%s at epoch %s" % (self.layers[column].name, "{:,}".format(self.epochs[row]))
        found = self.cells.get((row, column))
        return "%s: %s" % (words, found.words) if found else words

    def _shares(self):
        return {place: entry.share for place, entry in self.cells.items()}

    def _finding(self):
        return flip_words.finding(self.begun, self.epochs, self._shares())

    def _row_lines(self, row):
        """What stands beside a row: its epoch, then the accuracy or R², and the loss of training points."""
        lines = ["epoch " + "{:,}".format(self.epochs[row])]
        figures = self.figures[row] if row < len(self.figures) else []
        known = dict(zip(protocol.METRICS[self.task], figures))
        for name, what in (("train_accuracy", "right"), ("train_r2", "R²"), ("train_loss", "loss")):
            value = known.get(name, float("nan"))
            if value == value:
                text = metric_text(name, value)
                lines.append("%s %s" % ((text, what) if what == "right" else (what, text)))
        return lines

    def _title_line(self):
        first, last = ["{:,}".format(epoch) for epoch in (self.epochs[0], self.epochs[-1])]
        epochs = "untrained" if self.epochs == [0] else "epochs %s to %s" % (first, last)
        begun = self.begun
        return " · ".join([wording.summary(begun, "data"), wording.summary(begun, "network"), epochs])

    # What a person does.

    def _pressed(self, event):
        """Keeps keys from the page while the dialog lies over it; those on a cell move along the cells."""
        event.stopPropagation()
        number = self._number(event)
        if number is None or event.altKey or event.ctrlKey or event.metaKey:
            return
        width, count = len(self.layers), len(self.elements)
        row, column = divmod(number, width)
        if event.key in WAYS:
            down, right = WAYS[event.key]
            row = min(max(row + down, 0), count // width - 1)
            column = min(max(column + right, 0), width - 1)
        elif event.key in ENDS:
            column = ENDS[event.key] % width
        elif event.key in ("PageUp", "PageDown"):
            row = 0 if event.key == "PageUp" else count // width - 1
        elif event.key in ("Enter", " "):
            event.preventDefault()
            self._go_to(number)
            return
        else:
            return
        event.preventDefault()
        self._move_to(row * width + column)

    def _move_to(self, number):
        self.elements[number].focus()
        self.elements[number].scrollIntoView(to_js({"block": "nearest", "inline": "nearest"}))

    def _focused(self, event):
        number = self._number(event)
        if number is not None:
            self.elements[self.at].tabIndex = -1
            self.elements[number].tabIndex = 0
            self.at = number

    def _clicked(self, event):
        """Goes to the cell that is clicked; closes the dialog when it is clicked beside."""
        number = self._number(event)
        if number is not None:
            self._go_to(number)
        elif event.target is self.dialog:
            self.dialog.close()

    def _number(self, event):
        """The number of an event's cell, or None."""
        cell = event.target.closest(".cell")
        if not cell:
            return None
        index = window.Array.prototype.indexOf.call(cell.parentElement.children, cell) - 1
        row = window.Array.prototype.indexOf.call(self.grid.children, cell.parentElement) - 1
        return row * len(self.layers) + index

    def _go_to(self, number):
        row, column = divmod(number, len(self.layers))
        epoch, layer = self.epochs[row], self.layers[column].name
        self.dialog.close()
        self.app.go_to_layer(layer)
        self.app.seek(epoch)

    # Drawing, a little in each frame of the display.

    def _draw_soon(self):
        if not self.scheduled and (self.work or self.stale or self.saving):
            self.scheduled = True
            window.requestAnimationFrame(self._frame_proxy)

    def _frame(self, *_):
        self.scheduled = False
        end = now() + SLICE
        while self.work and now() < end:
            self.work.pop(0)()
        while self.stale and not self.work and now() < end:
            self._show(self.stale.pop(0))
        while self.saving and not self.work and now() < end:
            if next(self.saving, self) is self:
                self.saving = None
        self._draw_soon()
        self._go_on()

    # Files.

    def _save(self, make):
        """Makes a file in the colours of the light theme, whatever the present one."""
        if self.saving is None:
            rows = [self._row_lines(row) for row in range(len(self.epochs))]
            lines = [text for text in (self._finding(), self._title_line(), flip_words.HINTS[self.task]) if text]
            sheet = Sheet(TITLE, lines, self.names, rows, self.cells)
            self.saving = make(sheet, in_light(lambda: colours(self.task)))
            self._draw_soon()

    def _save_png(self, sheet, inks):
        drawn, context = canvas.spare(sheet.width, sheet.height, sheet.sharpness)
        for _ in sheet.pieces(context, self.task, inks):
            yield
        drawn.toBlob(create_proxy(lambda blob: download(blob, "flip-book.png")), "image/png")

    def _save_svg(self, sheet, inks):
        # A list of JavaScript's, as a single text would be more than this Python has room for.
        parts = window.Array.new()
        for text in sheet.svg(self.task, inks):
            parts.push(text)
            yield
        download(window.Blob.new(parts, to_js({"type": "image/svg+xml"})), "flip-book.svg")


def in_light(read):
    """`read()`, while the style sheet has the colours of the light theme; nothing is painted meanwhile."""
    root = document.documentElement
    chosen = root.getAttribute("data-theme")
    root.setAttribute("data-theme", "light")
    found = read()
    if chosen:
        root.setAttribute("data-theme", chosen)
    else:
        root.removeAttribute("data-theme")
    return found


def download(blob, name):
    """Has the browser save a file."""
    address = window.URL.createObjectURL(blob)
    link = element("a", href=address, download=name)
    link.click()
    window.setTimeout(create_proxy(lambda: window.URL.revokeObjectURL(address)), 60000)
