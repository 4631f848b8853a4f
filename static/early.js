// What has to be done before Python is there: takes up the theme that was chosen, keeps what a person does with the
// controls and lets it be done then, answers files that are dropped on the page.
//
// The page calls `replay()` when its controls answer, and puts its own way to say something in the place of `say(text)`.

window.early = (() => {
    const EVENTS = ["change", "click", "input"];
    const FIELDS = "#controls, .tools, .transport";
    const THEMES = ["dark", "light"];
    const NO_FILES = "Files cannot be opened here yet. Dataset has the data sets to choose from.";
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
        if (event.type === "drop" && !stays) early.say(NO_FILES);
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

    const early = { replay, say };
    return early;
})();
