"""A person's own table: the dialog that shows how it is read, before it is used."""

import json

from pyscript import document, window
from pyscript.ffi import create_proxy

from page import messages, own_words, phase, store, tables
from page.dom import by_id, copies, element, listen, set_text
from page.run_client import SEEN

# A table of more bytes is not even handed over to be read.
MOST_BYTES = 64000000
PASTED = "pasted table"
READING = "Reading %s …"
NOT_YET = "Reading it as soon as Python is there …"
TOO_LARGE = "This file has %d MB, and at most 32 MB can be read. Save fewer rows or columns."
NO_FILE = "This file cannot be read: it may have been moved, or be a folder."
LAB_GONE = "The lab has stopped, and nothing can be read. Start it again, then open the table again."
NOT_KEPT = "This browser keeps no data of this page: your table is here until the page is closed."


class OwnTable:
    """Opens tables. `app` is the `App`, `scripts` the module of `static/own_tables.mjs`."""

    def __init__(self, app, scripts):
        self.app, self.scripts = app, scripts
        # What the table is called; the choices of a person; what was read last, see `lab/table_reading.py`.
        self.name, self.choices, self.reading = "", {}, None
        # What to do as soon as the lab answers; the number of the request whose answer is awaited.
        self.waiting, self.asked = None, 0
        # The fields of the reading, by name.
        self.fields = {}
        self._build()

    # What a person does.

    def open_file(self, file):
        """Reads a file, and shows how."""
        messages.clear()
        if file.size > MOST_BYTES:
            self._refuse(TOO_LARGE % (file.size // 1000000))
            return
        self._say(READING % file.name)

        def come(buffer):
            self._begin(file.name, window.Uint8Array.new(buffer))

        def miss(error):
            self._say("")
            self._refuse(NO_FILE)

        file.arrayBuffer().then(create_proxy(come), create_proxy(miss))

    def open_text(self, text):
        """Reads text that was pasted, and shows how."""
        messages.clear()
        if not text.strip():
            self._refuse("There is no text to read: paste the lines of a table.", by_id("own-text"))
            return
        self._say(READING % "the text")
        self._begin(PASTED, text)

    def download(self):
        """Saves the data that are seen as CSV."""

        def come(text):
            said = json.loads(text)
            if "refused" in said:
                self._refuse(said["refused"])
            else:
                self.scripts.save(own_words.file_name(self.app.experiment()), said["csv"])

        if self._lab_answers():
            self.app.lab.call("csv_of", SEEN, create_proxy(come))

    def forget(self):
        """Forgets all tables of a person, here and in the browser."""
        is_seen = tables.is_own(self.app.experiment())
        tables.forget()
        if is_seen:
            self.app.do(store.TYPED, store.ENTER, ("dataset", "circle"))
        self._say("Your tables are forgotten, here and in this browser.")

    # The lab.

    def answered(self, run):
        """Does what waits for the lab."""
        if self.waiting:
            work, self.waiting = self.waiting, None
            work()

    def lost(self):
        self.waiting = None
        self._set_busy(False)
        if self.dialog.open:
            self.dialog.close()
        self._say("")

    def _lab_answers(self):
        if self.app.state.phase.state == phase.ERROR:
            self._refuse(LAB_GONE)
            return False
        return True

    def _begin(self, name, content):
        self.name, self.choices = name, {}
        self._ask(content)

    def _ask(self, *content):
        """Has the lab read the table by the choices; `content` only the first time."""
        if not self._lab_answers():
            self._say("")
            return
        if not self.app.run.ready or self.app.run.opening:
            self._say(NOT_YET)
            self.waiting = lambda: self._ask(*content)
            return
        self.asked += 1
        asked = self.asked

        def come(text):
            if asked == self.asked:
                self._say("")
                self._show(text)

        self.app.lab.call("read_table", json.dumps(self.choices), create_proxy(come), *content)

    def _use(self):
        """Goes over to the table as it is read."""
        if not self._lab_answers():
            return
        self._set_busy(True)

        def come(answer):
            self._set_busy(False)
            said, content = json.loads(answer[0]), answer[1]
            if "refused" in said:
                messages.show(said["refused"], self.fields["target"])
                return
            tables.take(said["key"], self.scripts.firstLine(content), content, lambda kept: taken(said["key"], kept))

        def taken(key, is_kept):
            self.dialog.close()
            for panel in document.querySelectorAll("details[name=panel][open]"):
                panel.open = False
            by_id("own-text").value = ""
            self.app.use_table(key)
            if not is_kept:
                messages.show(NOT_KEPT)

        asked = json.dumps({"choices": self.choices, "name": self.name})
        self.app.lab.call("use_table", asked, create_proxy(come))

    def _set_busy(self, busy):
        """Shows whether the lab makes a table ready."""
        self.use.disabled = busy
        self.use.setAttribute("aria-busy", "true" if busy else "false")
        set_text(self.use, "Making it ready …" if busy else "Use this table")

    # The dialog.

    def _build(self):
        self.dialog = element("dialog", class_="own-table", aria_labelledby="own-table-title")
        article, head, ways = element("article"), element("header"), element("div", class_="ways")
        self.title, self.words = element("h2", id="own-table-title"), element("p", role="status")
        self.use = element("button", "Use this table", type="button")
        cancel = element("button", "Cancel", type="button", class_="secondary outline")
        ways.append(self.use, cancel)
        head.append(self.title, self.words, ways)
        wanted, how = element("div", class_="fields"), element("details", class_="how")
        wanted.append(
            self._select("target", "Class or number to predict", lambda value: {"target": int(value), "task": None}),
            self._select("task", "Predict it as", lambda value: {"task": value}),
            self._switch(),
        )
        self.how_words = element("summary")
        inside = element("div", class_="fields")
        for name, label in own_words.LABELS.items():
            inside.append(self._select(name, label, self._choose_of(name)))
        how.append(self.how_words, inside)
        self.sheet = element("div", class_="cells", tabindex="0", role="region", aria_label="First rows of the table")
        self.left_out, self.left_out_words = element("details", class_="left-out"), element("summary")
        self.left_out_lines = element("ul")
        self.left_out.append(self.left_out_words, self.left_out_lines)
        self.notes = element("p", class_="quiet")
        article.append(head, wanted, how, self.sheet, self.notes, self.left_out)
        self.dialog.append(article)
        document.body.append(self.dialog)
        listen(self.use, "click", lambda event: self._use())
        listen(cancel, "click", lambda event: self.dialog.close())
        listen(self.dialog, "close", lambda event: self._closed())
        listen(self.sheet, "change", lambda event: self._choose_inputs())

    def _select(self, name, label, chosen):
        """A list of choices with its label; `chosen(value)` gives the choices that follow."""
        field, select = element("div", class_="field"), element("select", id="own-" + name)
        field.append(element("label", label, for_="own-" + name), select)
        self.fields[name] = select
        listen(select, "change", lambda event: self._choose(chosen(select.value)))
        return field

    def _switch(self):
        field, label = element("div", class_="field switch"), element("label")
        self.standardize = element("input", type="checkbox", id="own-standardize")
        label.append(self.standardize, document.createTextNode("Standardize"))
        field.append(label)
        listen(self.standardize, "change", lambda event: self._choose({"standardize": bool(self.standardize.checked)}))
        return field

    def _choose_of(self, name):
        values = own_words.OFFERED[name]

        def chosen(text):
            place = int(text)
            # Another way to read the columns: what was chosen of them is of those before.
            result = {"target": None, "task": None, "used": None}
            result[name] = values[place - 1][0] if place else None
            return result

        return chosen

    def _choose(self, values):
        self.choices.update(values)
        self._ask()

    def _choose_inputs(self):
        boxes = self.sheet.querySelectorAll("input")
        used = [int(box.value) for box in boxes if box.checked]
        self._choose({"used": used})

    def _show(self, text):
        """Shows a reading, JSON, or why there is none; then what was seen before stays."""
        reading = json.loads(text)
        if "refused" in reading:
            if self.dialog.open:
                messages.show(reading["refused"], self.fields["separator"])
            else:
                self._refuse(reading["refused"])
            return
        self.reading = reading
        set_text(self.title, "Reading of %s" % self.name)
        set_text(self.words, own_words.summary(reading))
        self._offer("target", own_words.targets(reading), str(reading["target"]))
        self._offer("task", own_words.tasks(reading), reading["task"])
        for name in own_words.LABELS:
            labels = own_words.offered(reading, name)
            values = [value for value, _ in own_words.OFFERED[name]]
            chosen = self.choices.get(name)
            at = 0 if chosen is None else values.index(chosen) + 1
            self._offer(name, [(str(place), label) for place, label in enumerate(labels)], str(at))
        self.standardize.checked = reading["standardize"]
        set_text(self.how_words, own_words.how(reading))
        columns = [
            {
                "words": own_words.column(found),
                "used": place in reading["used"],
                "fixed": place == reading["target"] or not found["can_be_input"],
                "predicted": place == reading["target"],
            }
            for place, found in enumerate(reading["columns"])
        ]
        self.scripts.fill(self.sheet, text, json.dumps(columns))
        heading, lines = own_words.left_out(reading)
        self.left_out.hidden = not lines
        set_text(self.left_out_words, heading)
        self.left_out_lines.replaceChildren(copies(element("li"), lines) if lines else "")
        set_text(self.notes, " ".join(reading["notes"]))
        self.use.disabled = bool(reading["problem"])
        if not self.dialog.open:
            self.dialog.showModal()
            self.use.focus()
        if reading["problem"]:
            messages.show(reading["problem"], self.fields["target"])
        else:
            messages.clear()

    def _offer(self, name, offered, chosen):
        field = self.fields[name]
        field.replaceChildren(copies(element("option"), [label for _, label in offered]))
        for index, (value, _) in enumerate(offered):
            field.options[index].value = value
        field.value = chosen

    def _closed(self):
        # The message about the table goes with it.
        if self.dialog.contains(by_id("message")):
            messages.clear()
            document.body.append(by_id("message"))
        by_id("own-file").value = ""

    def _refuse(self, sentence, field=None):
        by_id("own-file").value = ""
        messages.show(sentence, field or by_id("own-file"))

    def _say(self, sentence):
        set_text(by_id("own-said"), sentence)
