/**
 * Canvases made while `make` runs are drawn by the processor. A chart of a few hundred points needs no graphics context,
 * and without a GPU making the first one freezes the page while its shaders are compiled.
 */
export function unaccelerated<T>(make: () => T): T {
  const prototype = HTMLCanvasElement.prototype;
  const real = prototype.getContext;
  prototype.getContext = function (this: HTMLCanvasElement, kind: string, settings?: object): unknown {
    return Reflect.apply(real, this, [kind, { ...settings, willReadFrequently: true }]);
  } as typeof real;
  try {
    return make();
  } finally {
    prototype.getContext = real;
  }
}
