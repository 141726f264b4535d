// WebKitGTK reports the language "C" under LANG=C.UTF-8, which Intl (and uPlot, at import) refuses: the window stayed
// white. Imported before everything else.
for (const key of ["language", "languages"] as const) {
  try {
    Intl.getCanonicalLocales(navigator[key] as string | string[]);
  } catch {
    Object.defineProperty(Navigator.prototype, key, {
      get: () => (key === "language" ? "en-US" : ["en-US"]),
      configurable: true,
    });
  }
}
