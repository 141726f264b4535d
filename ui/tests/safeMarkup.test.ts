import { describe, expect, it } from "vitest";
import { safeMarkup } from "../src/lib/text/safeMarkup";

function html(markup: string): string {
  const home = document.createElement("div");
  home.append(safeMarkup(markup));
  return home.innerHTML;
}

describe("markup of a table", () => {
  it("keeps what a table is made of", () => {
    const table =
      '<table><thead><tr><th scope="col"><i>n</i></th></tr></thead><tbody><tr><td class="number">5<sup>†</sup></td></tr></tbody></table>';
    expect(html(table)).toBe(table);
  });
  it.each([
    ["<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"],
    ['<p onclick="x()" style="background:url(//e)">a</p>', "<p>a</p>"],
    ['<p>a<img src="x" onerror="alert(1)">b</p>', "<p>ab</p>"],
    ['<a href="javascript:alert(1)">go</a>', "go"],
    ["<iframe>x</iframe>", ""],
    ["<svg><script>alert(1)</script><text>x</text></svg>", ""],
    ["1 &lt;b&gt; 2", "1 &lt;b&gt; 2"],
  ])("%s → %s", (hostile, shown) => expect(html(hostile)).toBe(shown));
});
