// WebKitGTK reports the language "C" under LANG=C.UTF-8, which Intl (and uPlot, at import) refuses: the window stayed
// white. Imported before everything else.
for (const key of ["language", "languages"] as const) {
  // Not asked of `Intl`: it reads its tables of all locales first.
  if ([navigator[key]].flat().some((name) => !/^[a-z]{2,3}(-[a-z0-9]+)*$/i.test(name))) {
    Object.defineProperty(Navigator.prototype, key, {
      get: () => (key === "language" ? "en-US" : ["en-US"]),
      configurable: true,
    });
  }
}
