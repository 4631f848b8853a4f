// What has to be done before Python is there: takes up the theme that was chosen, keeps what a person does with the
// controls and lets it be done then, and files that are dropped on the page.
//
// The page calls `replay()` when its controls answer, and puts its own ways to say something and to open a file in the
// places of `say(text)` and `open(file)`; a file that came before is `dropped`.

window.early = (() => {
    const EVENTS = ["change", "click", "input"];
    const FIELDS = "#controls, .tools, .transport";
    const THEMES = ["dark", "light"];
    const NOT_YET = "The table is opened as soon as Python is there.";
    const ONE_ONLY = "Drop one file at a time: a table.";
    const deeds = [];

    // Before the first paint, so that no theme is seen but the right one. A browser may deny it.
    try {
        const theme = localStorage.getItem("theme");
        if (THEMES.includes(theme)) document.documentElement.dataset.theme = theme;
    } catch {
        // Then it is the system's.
    }

    // PyScript opens a database as soon as it is loaded, for files that nothing here asks it to mount. Where storage is
    // denied that leaves two errors behind. A request that nothing comes of leaves none.
    if (window.indexedDB) indexedDB.open = () => ({});

    function note({ type, target }) {
        const deed = type === "click" ? target.closest("button") : target;
        if (deed?.closest(FIELDS) && (type !== "click" || deed.localName === "button")) {
            deeds.push({ type, target: deed, value: deed.value, checked: deed.checked });
        }
    }

    // Enter in a box would load the page anew.
    const stay = (event) => event.preventDefault();

    // So would a file that is dropped: the browser shows it in place of the page.
    function catchFiles(event) {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        // What says why the page does not work, or offers a way out, stays.
        const stays = document.documentElement.dataset.state === "error" || document.querySelector("#message button");
        if (event.type !== "drop" || stays) return;
        const { files } = event.dataTransfer;
        if (files.length === 1) early.open(files[0]);
        else early.say(ONE_ONLY);
    }

    function open(file) {
        early.dropped = file;
        early.say(NOT_YET);
    }

    function say(text) {
        const message = document.getElementById("message");
        message.className = "across";
        message.textContent = text;
    }

    for (const type of EVENTS) window.addEventListener(type, note, true);
    window.addEventListener("submit", stay);
    for (const type of ["dragover", "drop"]) window.addEventListener(type, catchFiles, true);

    function replay() {
        for (const type of EVENTS) window.removeEventListener(type, note, true);
        window.removeEventListener("submit", stay);
        for (const { type, target, value, checked } of deeds) {
            if (type === "click") target.click();
            else {
                Object.assign(target, { value, checked });
                target.dispatchEvent(new Event(type, { bubbles: true }));
            }
        }
        performance.mark("controls answer");
    }

    const early = { replay, say, open, dropped: null };
    return early;
})();
