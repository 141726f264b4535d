export interface Item {
  readonly kind: string;
  readonly what: "table" | "figure";
  readonly title: string;
  /** Whether it is about one metric. */
  readonly metric: boolean;
  /** The fewest and most factors it takes. */
  readonly factors: readonly [number, number];
}

const table = (kind: string, title: string, metric: boolean): Item => ({
  kind,
  what: "table",
  title,
  metric,
  factors: metric ? [0, 9] : [0, 0],
});
const figure = (kind: string, title: string, from: number, to: number): Item => ({
  kind,
  what: "figure",
  title,
  metric: true,
  factors: [from, to],
});

/** What can be published. What a campaign's data allow is the backend's to say. */
export const ITEMS: readonly Item[] = [
  table("summary", "Campaign summary", false),
  table("descriptive", "Levels of one metric", true),
  table("comparison", "Comparison", true),
  table("hypotheses", "Hypotheses", false),
  table("quality", "Data quality", false),
  figure("raincloud", "Raincloud", 0, 9),
  figure("bars", "Means with intervals", 0, 9),
  figure("ecdf", "Cumulative distribution", 1, 1),
  figure("histogram", "Histogram", 0, 1),
  figure("forest", "Differences (forest)", 1, 1),
  figure("interaction", "Interaction", 2, 2),
  figure("heatmap", "Heat map", 2, 2),
  figure("scalability", "Scalability", 1, 1),
  figure("survival", "Survival", 1, 1),
];

export const STYLES = [
  { style: "booktabs", title: "booktabs" },
  { style: "apa7", title: "APA 7" },
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
