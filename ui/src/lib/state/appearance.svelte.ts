import { api } from "../ipc/api";
import { keep, kept } from "./kept";

export const THEMES = [
  { value: "system", title: "As the system" },
  { value: "light", title: "Light" },
  { value: "dark", title: "Dark" },
  { value: "contrast", title: "High contrast" },
] as const;
export type Theme = (typeof THEMES)[number]["value"];

/** Sizes of everything, percent, as browsers step through them. */
export const ZOOMS = [50, 67, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300] as const;

const isTheme = (value: unknown): value is Theme => THEMES.some((theme) => theme.value === value);

/** The theme: shown at once from what the page remembers, then as the settings say. */
class Appearance {
  theme = $state<Theme>(kept("theme", "system", isTheme));

  /** As the settings say. */
  zoom = $state(100);

  apply(theme: Theme): void {
    this.theme = theme;
    keep("theme", theme);
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }

  /** Row heights: `dense` or `comfortable`. */
  space(density: string): void {
    document.documentElement.dataset["density"] = density;
  }

  /** Shows everything one step larger or smaller, or at its usual size. */
  async rescale(direction: 1 | -1 | 0): Promise<void> {
    const beyond = direction > 0 ? ZOOMS.find((z) => z > this.zoom) : ZOOMS.findLast((z) => z < this.zoom);
    const percent = direction === 0 ? 100 : (beyond ?? this.zoom);
    this.zoom = (await api.setSettings({ zoom_percent: percent })).zoom_percent;
  }

  async load(): Promise<void> {
    this.apply(this.theme);
    try {
      const settings = await api.settings();
      if (isTheme(settings.theme)) this.apply(settings.theme);
      this.space(settings.density);
      this.zoom = settings.zoom_percent;
    } catch {
      // The page's own memory will do.
    }
  }
}

export const appearance = new Appearance();
