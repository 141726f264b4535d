// Some libraries refuse to work in quirks mode, which happy-dom reports.
Object.defineProperty(document, "compatMode", { value: "CSS1Compat", configurable: true });
