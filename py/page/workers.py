"""The page's side of the worker: starts the lab, calls it, and notices when it is gone."""

from pyscript import PyWorker, config, document, window
from pyscript.ffi import create_proxy

from page.dom import listen

PATIENCE = 15


class Lab:
    """A lab in its worker.

    `on_progress(news)` is told, with the attributes of the worker's message, how far loading has come; `on_ready()`
    that calls are answered; `on_lost(text)` that they never will be again; `on_quiet()` that for `PATIENCE` seconds it
    has not been heard of though it has not answered its first calls yet, as the page says with `settled()`.
    """

    def __init__(self, on_progress, on_ready, on_lost, on_quiet):
        self.on_progress, self.on_ready, self.on_lost, self.on_quiet = on_progress, on_ready, on_lost, on_quiet
        self.worker = None
        self.generation = 0
        # Whether its first calls were answered, as the page says with `settled()`.
        self.has_answered = False
        self.quiet = 0
        self.timer = None
        self._count_proxy = create_proxy(self._count)
        self._ignore_proxy = create_proxy(lambda error: None)

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
        # Seconds are counted, not read from the clock, which jumps, and stands still while the machine sleeps.
        self.has_answered = False
        self.quiet = 0
        self.timer = window.setInterval(self._count_proxy, 1000)

    def call(self, name, text, answered):
        """Calls an export of the worker's script with one string; `answered`, a proxy, gets what it returns."""
        getattr(self.worker.sync, name)(text).then(answered, self.lost)

    def stop(self):
        """Ends the worker; nothing that it still says is heard."""
        self.generation += 1
        self._stop_counting()
        if self.worker:
            self.worker.terminate()
            self.worker = None

    def settled(self):
        """Takes note that the lab has answered: from now on it may take its time."""
        self.has_answered = True
        self._stop_counting()

    def _stop_counting(self):
        if self.timer is not None:
            window.clearInterval(self.timer)
            self.timer = None

    def _count(self):
        self.quiet += 1
        if self.quiet == PATIENCE:
            self._stop_counting()
            self.on_quiet()

    def _hear(self, event):
        news = getattr(event.data, "lab", None)
        if news is None:
            return
        self.quiet = 0
        if getattr(news, "making", None):
            # It may take its time from now on; that it has died meanwhile is told by its lock.
            self._stop_counting()
        lock = getattr(news, "lock", None)
        if getattr(news, "failed", None):
            self.on_lost(_reason(news.failed))
        elif lock:
            # The worker holds this lock while it lives: to be given it means that the worker is dead.
            generation = self.generation

            def granted(lock):
                if generation == self.generation:
                    self.on_lost("The worker that runs it has ended.")

            window.navigator.locks.request(lock, create_proxy(granted)).catch(self._ignore_proxy)
        else:
            self.on_progress(news)


def _reason(error):
    """The last line of an error's message: of a Python traceback, what was wrong."""
    # PyScript makes events of errors.
    error = getattr(error, "error", None) or error
    text = str(getattr(error, "message", None) or window.String(error)).strip()
    return text.split("\n")[-1][:300]
