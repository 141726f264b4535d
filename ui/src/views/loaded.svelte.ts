import type { Component } from "svelte";
import { VIEWS, type ViewName } from "../lib/state/views";
import Library from "./library/Library.svelte";

const SOURCES: Record<Exclude<ViewName, "library">, () => Promise<{ default: Component }>> = {
  energy: () => import("./energy/Energy.svelte"),
  settings: () => import("./settings/Settings.svelte"),
  design: () => import("./design/Design.svelte"),
  run: () => import("./run/Run.svelte"),
  explore: () => import("./explore/Explore.svelte"),
  analyse: () => import("./analyse/Analyse.svelte"),
  publish: () => import("./publish/Publish.svelte"),
};

/** The views' code. A start reads the library's and that of the view it shows, the others' once nobody waits. */
class Loaded {
  #views = $state.raw<Partial<Record<ViewName, Component>>>({ library: Library });

  /** A view that can be shown now. */
  get(view: ViewName): Component | undefined {
    return this.#views[view];
  }

  async load(view: ViewName): Promise<void> {
    if (view === "library" || this.#views[view]) return;
    const { default: component } = await SOURCES[view]();
    this.#views = { ...this.#views, [view]: component };
  }

  async loadAll(): Promise<void> {
    for (const { name } of VIEWS) await this.load(name);
  }
}

export const loaded = new Loaded();
