"""The page as a person meets it: controls by label, buttons by name, and what `<html>` tells programs."""

import re

from spec import fields, registry, shape
from tools import browser

ALERT = "alert"
# How many points the page begins with, and how many of them it trains on.
ROWS, TRAINING = shape.shape_of(fields.defaults()).rows, shape.shape_of(fields.defaults()).training


class LabPage:
    """Drives one browser page; `complaints` collects what the console and the network should never show."""

    def __init__(self, page, origin):
        self.page = page
        page.set_default_timeout(browser.PATIENCE)
        self.complaints = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error.stack or error}"))
        page.on("request", lambda request: self._watch(request.url, origin))

    def _hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _watch(self, url, origin):
        if not url.startswith((origin, "blob:", "data:")):
            self.complaints.append(f"request to {url}")

    # What `<html>` says.

    def data(self, name):
        return self.page.locator("html").get_attribute(f"data-{name}")

    def number(self, name):
        return float(self.data(name))

    def all_data(self):
        return self.page.evaluate("({...document.documentElement.dataset})")

    def wait_for_state(self, *states, timeout=browser.PATIENCE):
        self.wait(f"{list(states)}.includes(document.documentElement.dataset.state)", timeout)

    def wait_for_epoch(self, epoch):
        self.wait(f"+document.documentElement.dataset.epoch >= {epoch}")

    def wait(self, condition, timeout=browser.PATIENCE):
        browser.wait_for(self.page, condition, timeout=timeout)

    # What a person does.

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name):
        """Presses a button; the panel that it is in is opened and folded again."""
        unfolded = self._unfold(self.page.get_by_role("button", name=name, exact=True, include_hidden=True))
        self.button(name).click()
        if unfolded:
            self.fold()

    def field(self, name):
        """The control of a field of `spec`, found by its label; the panel that it is in is opened."""
        field = self.page.get_by_label(fields.FIELDS[name].label, exact=True)
        self._unfold(field)
        return field

    def _unfold(self, control):
        """Opens the panel that a control is in. Returns whether it was folded."""
        folded = self.page.locator("details:not([open])").filter(has=control)
        if not folded.count():
            return False
        folded.locator("summary").click()
        return True

    def fold(self):
        """Folds the panel that is open, so that it is in nobody's way, unless something in it is wrong."""
        if self.page.locator("details[open]").count() and not self.page.locator("details [aria-invalid=true]").count():
            self.page.keyboard.press("Escape")

    def choose(self, name, key):
        """Picks one of the choices of a field by the words that a person reads."""
        self.field(name).select_option(label=registry.entry(name, key).label)
        self.fold()

    def enter(self, name, text):
        """Types into a field and presses Enter."""
        field = self.field(name)
        field.fill(text)
        field.press("Enter")
        self.fold()

    def switch_on(self, name):
        """Ticks a field."""
        self.field(name).check()
        self.fold()

    def switch_off(self, name):
        """Takes a field's tick away."""
        self.field(name).uncheck()
        self.fold()

    def set_speed(self, speed):
        slider = self.field("speed")
        slider.press("Home")
        for _ in range(fields.SPEEDS.index(speed)):
            slider.press("ArrowRight")

    def play_to(self, epoch):
        """Plays until an epoch has been reached, then pauses."""
        self.press("Play")
        self.wait_for_epoch(epoch)
        self.press("Pause")
        self.wait_for_state("paused")

    def step_one_epoch(self):
        """Presses Step and waits for the epoch's end."""
        epoch = int(self.number("epoch"))
        self.press("Step")
        self.wait(
            f"document.documentElement.dataset.state === 'paused' && "
            f"+document.documentElement.dataset.epoch === {epoch + 1}"
        )

    def end_worker(self):
        """Ends the lab's worker, as a browser does that is short of memory, and waits until the page says so."""
        (worker,) = self.page.workers
        worker.evaluate("self.close()")
        self.wait_for_state("error")

    def start_over(self, fragment=""):
        """The page as if it had just been opened with a fragment: ready, at epoch 0, nothing pointed at or chosen."""
        self.page.mouse.move(0, 0)
        self.page.evaluate("fragment => answers.startOver(fragment)", fragment)

    # What a person sees.

    def alert(self):
        """The text of the one element that says what went wrong, once it says anything."""
        self.wait("document.querySelector('[role=alert]').textContent !== ''")
        return self.page.get_by_role(ALERT).inner_text()

    def no_alert(self):
        return self.page.locator("[role=alert]").text_content() == ""

    def picture(self, label):
        """A canvas, found by how its label begins."""
        return self.page.get_by_role("img", name=re.compile("^" + re.escape(label)))
