// A person's own tables in this browser, and those in a link; see `py/spec/own_tables.py` for how they are written.
//
// They are kept in the browser's database, where it lets that be, and never leave the device.

const NAME = "intuitive-classification tables";
const STORE = "tables";
// The key under which the key of the table is kept that was used last.
const LATEST = "latest table";
// A link holds a table of at most so many bytes, compressed; and is not read if it would become more than that.
const MOST_IN_LINK = 8192;
const MOST_FROM_LINK = 4 << 20;

// `early.js` has put something else in place of the database's own function.
const opened = () =>
    new Promise((resolve, reject) => {
        const request = IDBFactory.prototype.open.call(indexedDB, NAME, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(STORE);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });

async function asked(mode, ask) {
    const database = await opened();
    try {
        return await new Promise((resolve, reject) => {
            const transaction = database.transaction(STORE, mode);
            const request = ask(transaction.objectStore(STORE));
            transaction.oncomplete = () => resolve(request.result);
            transaction.onabort = transaction.onerror = () => reject(transaction.error);
        });
    } finally {
        database.close();
    }
}

// Keeps a table, and that it was used last. Resolves to whether the browser lets it be.
export async function keep(key, content) {
    try {
        await asked("readwrite", (store) => store.put(content, key));
        localStorage.setItem(LATEST, key);
        return true;
    } catch {
        return false;
    }
}

// No longer keeps the tables with these keys, of which there is at least one.
export async function drop(...keys) {
    try {
        await asked("readwrite", (store) => keys.map((key) => store.delete(key)).at(-1));
    } catch {
        // Then it was not kept.
    }
}

export async function forget() {
    try {
        localStorage.removeItem(LATEST);
        await asked("readwrite", (store) => store.clear());
    } catch {
        // Then nothing was kept.
    }
}

// [key, first line, content] of the table with that key, or of the one used last if the key is "". It is looked for in
// this browser, and then in `packed`, the text in a link, "" for none. Resolves to null if it is nowhere.
export async function find(key, packed) {
    const wanted = key || latest();
    try {
        const content = wanted && (await asked("readonly", (store) => store.get(wanted)));
        if (content) return [wanted, firstLine(content), content];
    } catch {
        // A browser that keeps nothing may still have a link.
    }
    const content = packed && wanted ? await unpacked(packed) : null;
    return content && isWhole(content) ? [wanted, firstLine(content), content] : null;
}

function latest() {
    try {
        return localStorage.getItem(LATEST) ?? "";
    } catch {
        return "";
    }
}

export function firstLine(content) {
    const end = content.indexOf(10);
    return new TextDecoder().decode(content.subarray(0, end < 0 ? content.length : end));
}

// The text that stands for a table in a link, "" if it would be too long.
export async function packed(content) {
    const stream = new Blob([content]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    if (bytes.length > MOST_IN_LINK) return "";
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function unpacked(text) {
    try {
        const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt());
        if (bytes.length > MOST_IN_LINK) return null;
        const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
        const parts = [];
        let length = 0;
        for (;;) {
            const { done, value } = await reader.read();
            if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
            parts.push(value);
            // Little can be compressed so that it becomes very much.
            if ((length += value.length) > MOST_FROM_LINK) return null;
        }
    } catch {
        return null;
    }
}

// Whether the rows are as the first line says. What the line says by itself is checked where it is read.
function isWhole(content) {
    try {
        const { rows, inputs, classes } = JSON.parse(firstLine(content));
        const lines = new TextDecoder().decode(content).split("\n");
        if (lines.length !== rows + 2 || lines.at(-1) !== "") return false;
        const number = String.raw`-?\d{1,30}(\.\d{1,30})?(e[+-]?\d{1,2})?`;
        const last = classes.length ? `[0-${Math.min(classes.length, 10) - 1}]` : number;
        const row = new RegExp(`^(${number},){${Number(inputs.length)}}${last}$`);
        return lines.slice(1, -1).every((line) => row.test(line));
    } catch {
        return false;
    }
}

// Puts the first rows of a table into `sheet`, from its reading, JSON, see `lab/table_reading.py`, with a check box for
// each column: `columns` is JSON, a list of {words, used, fixed, predicted}. Cells are texts, whatever is in them.
export function fill(sheet, reading, columns) {
    const { columns: read, first_rows: rows, first_lines: lines } = JSON.parse(reading);
    const make = (tag, text = "", attributes = {}) => {
        const element = document.createElement(tag);
        element.textContent = text;
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        return element;
    };
    const kinds = JSON.parse(columns);
    // What is predicted stands first, wherever it stands in the table.
    const order = [...kinds.keys()].sort((one, other) => kinds[other].predicted - kinds[one].predicted);
    const kindOf = ({ used, predicted }) => (predicted ? "predicted" : used ? "used" : "unused");
    const heads = kinds.map(({ words, used, fixed, predicted }, place) => {
        const head = make("th", "", { scope: "col", class: kindOf({ used, predicted }) });
        const label = make("label");
        const box = Object.assign(make("input", "", { type: "checkbox", value: place }), { checked: used, disabled: fixed });
        label.append(box, read[place].name);
        head.append(label, make("small", predicted ? "is predicted" : words));
        return head;
    });
    const body = make("tbody");
    rows.forEach((cells, at) => {
        const row = make("tr");
        const texts = cells.map((text, place) => make("td", text, { class: kindOf(kinds[place]) }));
        row.append(make("th", lines[at], { scope: "row" }), ...order.map((place) => texts[place]));
        body.append(row);
    });
    const [table, head, names] = [make("table"), make("thead"), make("tr")];
    names.append(make("th", "Line", { scope: "col" }), ...order.map((place) => heads[place]));
    head.append(names);
    table.append(head, body);
    // Who goes through the check boxes by keyboard stays at the one that was changed.
    const focused = sheet.contains(document.activeElement) ? document.activeElement.value : null;
    const { scrollLeft } = sheet;
    sheet.replaceChildren(table);
    sheet.scrollLeft = scrollLeft;
    if (focused !== null) sheet.querySelector(`input[value="${focused}"]`)?.focus();
}

// Has the browser save a text as a file.
export function save(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
