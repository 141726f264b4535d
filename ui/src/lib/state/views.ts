/** The views of the window; those of a campaign need one open. */
export const VIEWS = [
  { name: "library", title: "Library", key: "1", needsCampaign: false },
  { name: "energy", title: "Energy", key: "2", needsCampaign: false },
  { name: "settings", title: "Settings", key: "8", needsCampaign: false },
  { name: "design", title: "Design", key: "3", needsCampaign: true },
  { name: "run", title: "Run", key: "4", needsCampaign: true },
  { name: "explore", title: "Explore", key: "5", needsCampaign: true },
  { name: "analyse", title: "Analyse", key: "6", needsCampaign: true },
  { name: "publish", title: "Publish", key: "7", needsCampaign: true },
] as const;

export type ViewName = (typeof VIEWS)[number]["name"];

export function isViewName(name: unknown): name is ViewName {
  return VIEWS.some((view) => view.name === name);
}
