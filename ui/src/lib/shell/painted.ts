/** Resolves once what was changed is on the screen; in a window that isn't shown, a moment later. */
export function painted(): Promise<void> {
  return new Promise((done) => {
    setTimeout(done, 250);
    requestAnimationFrame(() => setTimeout(done));
  });
}
