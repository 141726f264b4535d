import { THEMES, appearance } from "../state/appearance.svelte";
import { attempt } from "../state/notices.svelte";
import { desk } from "../state/desk.svelte";
import { VIEWS } from "../state/views";
import type { Command } from "./registry.svelte";

const SIZES = [
  { id: "zoom-in", title: "Larger", keys: "Ctrl++ Ctrl+Shift++ Ctrl+=", direction: 1 },
  { id: "zoom-out", title: "Smaller", keys: "Ctrl+-", direction: -1 },
  { id: "zoom-reset", title: "Usual size", keys: "Ctrl+0", direction: 0 },
] as const;

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
    ...SIZES.map(({ direction, ...command }) => ({
      ...command,
      group: "Appearance",
      run: async () => void (await attempt("The size could not be changed", () => appearance.rescale(direction))),
    })),
    ...THEMES.map((theme) => ({
      id: `theme-${theme.value}`,
      title: `Theme: ${theme.title}`,
      group: "Appearance",
      run: () => appearance.apply(theme.value),
    })),
  ];
}
