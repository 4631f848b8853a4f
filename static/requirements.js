// What this page cannot do without, asked before it starts: a browser that lacks something gets a message that says what
// and what to do, instead of an empty box. A classic script in the oldest JavaScript, so that any browser reads it.
(function () {
    "use strict";

    // Pyodide is compiled with exceptions of the first kind: (module (func try catch_all end)).
    var exceptions = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11];

    // There since Chrome 96, Firefox 108 and Safari 16.4, as is the youngest of the language that our modules are
    // written in, which could only be asked for by running a text.
    function hasModules() {
        var script = window.HTMLScriptElement;
        return Boolean(script && script.supports && script.supports("importmap"));
    }

    // A browser that knows no kinds of workers does not look at the kind. The address is none, so nothing is started.
    function hasModuleWorkers() {
        var looked = false;
        try {
            new Worker("http://[", Object.defineProperty({}, "type", { get: function () { looked = true; return "module"; } }));
        } catch (error) {
            // As it must.
        }
        return looked;
    }

    function missing() {
        if (!hasModules()) return ["JavaScript modules as of 2023"];
        if (typeof WebAssembly !== "object") return ["WebAssembly"];
        var names = [];
        if (!WebAssembly.validate(new Uint8Array(exceptions)) || !WebAssembly.Exception) names.push("WebAssembly exceptions");
        if (!hasModuleWorkers()) names.push("module workers");
        ["BigInt64Array", "FinalizationRegistry", "Path2D", "PerformanceObserver", "ResizeObserver", "structuredClone"].forEach(
            function (name) {
                if (!(name in window)) names.push(name);
            }
        );
        return names;
    }

    // WebKit under Linux calls the language of the locale C.UTF-8 “C”, which no language is called, and uPlot asks for
    // that language's numbers. (To ask for them here as well would take 30 ms.)
    function mendLanguage() {
        try {
            Intl.getCanonicalLocales(navigator.language);
        } catch (error) {
            Object.defineProperty(navigator, "language", { value: "en" });
        }
    }

    function refuse(names) {
        document.documentElement.setAttribute("data-state", "error");
        // "interactive": all is read, and no module has run yet. Nor does one that is another document's by then.
        document.addEventListener("readystatechange", function () {
            if (document.readyState !== "interactive") return;
            var elsewhere = document.implementation.createHTMLDocument("");
            [].forEach.call(document.querySelectorAll("script[type]"), function (script) {
                elsewhere.adoptNode(script);
            });
            document.getElementById("loading").hidden = true;
            var message = document.getElementById("message");
            message.className = "across";
            message.textContent =
                "This browser has no " + names.join(", no ") + ", and without it this page cannot run Python. Use a " +
                "current Firefox, Chrome or Edge, or Safari 16.4 or later. If yours is one of them, a setting such as " +
                "Lockdown Mode has switched it off: allow it for this page, and load it again.";
        });
    }

    var names = missing();
    if (names.length) refuse(names);
    else mendLanguage();
})();
