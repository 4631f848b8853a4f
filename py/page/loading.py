"""The panel that is shown while the page waits for Python (stage, and bytes loaded of the total) or for a network."""

from pyscript import document, window
from pyscript.ffi import create_proxy

from page import phase
from page.dom import by_id, element, set_text
from spec import texts

# The files that the worker loads; the page has all others already, or may never need them.
WORKER_FILES = (
    "vendor/pyodide/lab.pack.zst",
    "vendor/pyodide/pyodide.asm.js",
    "vendor/pyodide/pyodide.asm.wasm",
    "vendor/pyodide/pyodide.mjs",
)


class Loading:
    """Shows the panel, and in it the progress of loading."""

    def __init__(self):
        # Bytes by address of a file: of the whole file, and loaded so far.
        self.expected = {}
        self.loaded = {}
        # What the panel says that the page waits for, and whether that is part of the start of a lab.
        self.waiting = phase.NOTHING
        self.starting = True
        self.recording = element("p", hidden="")
        by_id("loading").prepend(self.recording)
        hear = create_proxy(self._hear)
        # If it cannot be fetched, progress is not shown.
        manifest = window.fetch("manifest.json").then(create_proxy(lambda response: response.json()))
        manifest.then(hear).catch(create_proxy(lambda error: None))

    def _hear(self, manifest):
        for file in manifest.files:
            if file.path in WORKER_FILES:
                self.expected[window.URL.new(file.path, document.baseURI).href] = file.bytes
        self._show()

    def progress(self, news):
        """Shows a message of the worker: a `stage`, or the `bytes` of a `file` that have been loaded."""
        stage = getattr(news, "stage", None)
        if stage:
            set_text(by_id("loading-stage"), stage)
        else:
            self.loaded[news.file] = max(news.bytes, self.loaded.get(news.file, 0))
            self._show()

    def _show(self):
        total = sum(self.expected.values())
        if total:
            loaded = sum(min(size, self.loaded.get(file, 0)) for file, size in self.expected.items())
            by_id("loading-progress").value = round(100 * loaded / total)
            set_text(by_id("loading-bytes"), "%s of %s" % (texts.bytes_in_words(loaded), texts.bytes_in_words(total)))

    def tell_recording(self, epoch):
        """Says that a recording is shown, at which epoch, and makes way for it; None: none is shown any more."""
        is_shown = epoch is not None
        if self.recording.hidden == is_shown:
            self.recording.hidden = not is_shown
            by_id("loading").classList.toggle("aside", is_shown)
        if is_shown:
            set_text(self.recording, "Recording, epoch %d: Python is loading" % epoch)

    def show(self, now):
        """Shows what the page waits for in this phase; hides the panel if it waits for nothing."""
        waiting = now.waiting if now.state == phase.LOADING else phase.NOTHING
        if waiting == self.waiting:
            return
        self.waiting = waiting
        panel = by_id("loading")
        panel.hidden = waiting == phase.NOTHING
        # The first network is part of the start.
        making = waiting == phase.NETWORK and not self.starting
        self.starting = waiting == phase.LAB or (self.starting and waiting == phase.NETWORK)
        panel.classList.toggle("making", making)
        by_id("loading-progress").hidden = by_id("loading-bytes").hidden = making
        if making:
            set_text(by_id("loading-stage"), "Making the network …")
        elif waiting == phase.LAB:
            set_text(by_id("loading-stage"), "Fetching Python")
