import { THEMES, appearance } from "../state/appearance.svelte";
import { desk } from "../state/desk.svelte";
import { VIEWS } from "../state/views";
import type { Command } from "./registry.svelte";

interface Shell {
  openPalette: () => void;
  openShortcuts: () => void;
}

/** What can be done in every view. */
export function windowCommands(shell: Shell): readonly Command[] {
  return [
    { id: "palette", title: "Find or do…", group: "Window", keys: "Ctrl+K Ctrl+Shift+P", run: shell.openPalette },
    { id: "shortcuts", title: "Show shortcuts", group: "Window", keys: "?", run: shell.openShortcuts },
    { id: "new-campaign", title: "New campaign", group: "Campaign", keys: "Ctrl+N", run: () => desk.startDraft() },
    {
      id: "open-campaign",
      title: "Open a campaign…",
      group: "Campaign",
      keys: "Ctrl+O",
      run: () => desk.show("library"),
    },
    {
      id: "close-campaign",
      title: "Close the campaign",
      group: "Campaign",
      when: () => desk.hasCampaign,
      run: () => desk.close(),
    },
    ...VIEWS.map((view) => ({
      id: `view-${view.name}`,
      title: `Go to ${view.title}`,
      group: "View",
      keys: `Ctrl+${view.key}`,
      when: () => desk.canShow(view.name),
      run: () => desk.show(view.name),
    })),
    ...THEMES.map((theme) => ({
      id: `theme-${theme.value}`,
      title: `Theme: ${theme.title}`,
      group: "Appearance",
      run: () => appearance.apply(theme.value),
    })),
  ];
}
