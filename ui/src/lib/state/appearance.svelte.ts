import { api } from "../ipc/api";
import { keep, kept } from "./kept";

export const THEMES = [
  { value: "system", title: "As the system" },
  { value: "light", title: "Light" },
  { value: "dark", title: "Dark" },
  { value: "contrast", title: "High contrast" },
] as const;
export type Theme = (typeof THEMES)[number]["value"];

const isTheme = (value: unknown): value is Theme => THEMES.some((theme) => theme.value === value);

/** The theme: shown at once from what the page remembers, then as the settings say. */
class Appearance {
  theme = $state<Theme>(kept("theme", "system", isTheme));

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

  async load(): Promise<void> {
    this.apply(this.theme);
    try {
      const settings = await api.settings();
      if (isTheme(settings.theme)) this.apply(settings.theme);
      this.space(settings.density);
    } catch {
      // The page's own memory will do.
    }
  }
}

export const appearance = new Appearance();
