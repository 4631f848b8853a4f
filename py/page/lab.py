"""The page's side of the worker: starts the lab, calls it, and notices when it is gone."""

from pyscript import PyWorker, config, document, window
from pyscript.ffi import create_proxy

from page.dom import listen


class Lab:
    """A lab in its worker.

    `on_progress(news)` is told, with the attributes of the worker's message, how far loading has come; `on_ready()`
    that calls are answered; `on_lost(text)` that they never will be again.
    """

    def __init__(self, on_progress, on_ready, on_lost):
        self.on_progress, self.on_ready, self.on_lost = on_progress, on_ready, on_lost
        self.worker = None
        self.generation = 0

    def start(self):
        """Starts a worker, in place of the one before if there is one."""
        self.stop()
        self.generation += 1
        generation = self.generation

        def current(handler):
            return lambda *arguments: handler(*arguments) if generation == self.generation else None

        worker = PyWorker(
            "py/lab/worker.py",
            type="pyodide",
            version=window.URL.new("static/interpreter.mjs", document.baseURI).href,
            config=config["lab"],
        )
        self.worker = worker
        self.lost = create_proxy(current(lambda error: self.on_lost(_reason(error))))
        listen(worker, "message", current(self._hear))
        # An error that no handler took, such as running out of memory while a message is read.
        worker.onerror = create_proxy(current(lambda event: self.on_lost(_reason(event))))
        worker.ready.then(create_proxy(current(lambda worker: self.on_ready())), self.lost)

    def call(self, name, text, answered):
        """Calls an export of the worker's script with one string; `answered`, a proxy, gets what it returns."""
        getattr(self.worker.sync, name)(text).then(answered, self.lost)

    def stop(self):
        """Ends the worker; nothing that it still says is heard."""
        self.generation += 1
        if self.worker:
            self.worker.terminate()
            self.worker = None

    def _hear(self, event):
        news = getattr(event.data, "lab", None)
        if news is None:
            return
        lock = getattr(news, "lock", None)
        if lock:
            # The worker holds this lock while it lives: to be given it means that the worker is dead.
            generation = self.generation

            def granted(lock):
                if generation == self.generation:
                    self.on_lost("The worker that runs it has ended.")

            window.navigator.locks.request(lock, create_proxy(granted))
        else:
            self.on_progress(news)


# How the browsers and Python say that there is no memory left.
_NO_MEMORY = ("out of memory", "allocate memory", "allocation failed", "cannot allocate", "memoryerror")


def _reason(error):
    """The last line of an error's message: of a Python traceback, what was wrong."""
    text = str(getattr(error, "message", None) or error).strip()
    if any(words in text.lower() for words in _NO_MEMORY):
        return "There is not enough memory for it. Close other tabs or programs, or choose a smaller network."
    return text.split("\n")[-1][:300]
