/** The description that `crates/publish` writes into a figure, for those who can't see it. */
export function describedBy(svg: string, otherwise: string): string {
  // They stand at the beginning; a figure of thousands of points is not read for them.
  const end = svg.indexOf("</desc>");
  const head = end < 0 ? svg : `${svg.slice(0, end)}</desc></svg>`;
  const parsed = new DOMParser().parseFromString(head, "image/svg+xml");
  const said = [parsed.querySelector("title"), parsed.querySelector("desc")].map((e) => e?.textContent?.trim() ?? "");
  return said.filter(Boolean).join(". ") || otherwise;
}
