export interface Item {
  readonly kind: string;
  readonly what: "table" | "figure";
  readonly title: string;
  /** Whether it is about one metric, about several at once, or about the campaign. */
  readonly metric: "one" | "several" | "none";
  /** The fewest and most factors it takes. */
  readonly factors: readonly [number, number];
}

const table = (kind: string, title: string, metric: Item["metric"] = "one"): Item => ({
  kind,
  what: "table",
  title,
  metric,
  factors: metric === "none" ? [0, 0] : [0, 9],
});
const figure = (kind: string, title: string, from: number, to: number, metric: Item["metric"] = "one"): Item => ({
  kind,
  what: "figure",
  title,
  metric,
  factors: [from, to],
});

/** What can be published. What a campaign's data allow is the backend's to say. */
export const ITEMS: readonly Item[] = [
  table("summary", "Campaign summary", "none"),
  table("descriptive", "Levels of one metric"),
  table("comparison", "Comparison"),
  table("pairwise", "All pairs"),
  table("pivot", "Pivot of two factors"),
  table("regression", "Regression"),
  table("tax", "Orchestration tax"),
  table("per_correct", "Per right answer"),
  table("phase_shares", "Parts of the work"),
  table("exploitation", "Exploitation by pair"),
  table("efficiency", "Efficiency of games"),
  table("hypotheses", "Hypotheses", "none"),
  table("quality", "Data quality", "none"),
  figure("raincloud", "Raincloud", 0, 9),
  figure("bars", "Means with intervals", 0, 9),
  figure("ecdf", "Cumulative distribution", 1, 1),
  figure("histogram", "Histogram", 0, 1),
  figure("forest", "Differences (forest)", 1, 1),
  figure("interaction", "Interaction", 2, 2),
  figure("heatmap", "Heat map", 2, 2),
  figure("radar", "Radar beside dot plot", 1, 1, "several"),
  figure("scalability", "Scalability", 1, 1),
  figure("survival", "Survival", 1, 1),
  figure("tax", "Orchestration tax", 1, 1),
  figure("per_correct", "Per right answer", 1, 1),
  figure("phase_shares", "Parts of the work", 1, 1),
  figure("exploitation", "Exploitation (heat map)", 2, 3),
  figure("efficiency", "Efficiency of games", 1, 2),
  table("dependency", "Language dependency", "none"),
  table("threshold", "Thresholds", "none"),
  table("contamination", "Contamination", "none"),
  table("ab_test", "A/B test", "none"),
  figure("dependency", "Dependency curves", 0, 0, "none"),
  figure("contamination", "Contamination indicators", 0, 0, "none"),
  figure("ab_test", "A/B test", 0, 0, "none"),
  figure("pareto", "Quality against joules", 0, 9),
];

/** What a request for it says beside campaign and kind. */
export function aboutOf(item: Item, metric: string, by: readonly string[]): { metric?: string; by?: string[] } {
  // With fewer than it takes, the question that asks for it says which.
  const factors = by.length < item.factors[0] ? [] : by.slice(0, item.factors[1]);
  if (item.metric === "one" && metric !== "") return { metric, by: factors };
  return item.metric === "several" ? { by: factors } : {};
}

export const STYLES = [
  { style: "booktabs", title: "booktabs" },
  { style: "apa7", title: "APA 7" },
  { style: "ieee", title: "IEEE" },
  { style: "acm", title: "ACM" },
  { style: "neurips", title: "NeurIPS" },
] as const;

export const WIDTHS = [
  "neurips",
  "iclr",
  "icml",
  "icml-page",
  "aistats",
  "aaai",
  "cvpr",
  "acm",
  "acm-page",
  "acmsmall",
  "jmlr",
  "ieee",
  "ieee-page",
] as const;
