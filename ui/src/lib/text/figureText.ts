/** The description that `crates/publish` writes into a figure, for those who can't see it. */
export function describedBy(svg: string, otherwise: string): string {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
  const said = [parsed.querySelector("title"), parsed.querySelector("desc")].map((e) => e?.textContent?.trim() ?? "");
  return said.filter(Boolean).join(". ") || otherwise;
}
