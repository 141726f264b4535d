import { describe, expect, it } from "vitest";
import { become, safeMarkup } from "../src/lib/text/safeMarkup";

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

describe("a table filled again", () => {
  const row = (a: string, b: string): string => `<tr><th scope="row">${a}</th><td class="number">${b}</td></tr>`;
  const table = (...rows: string[]): string => `<table><tbody>${rows.join("")}</tbody></table>`;
  it.each([
    ["other numbers", table(row("pbft", "1"), row("raft", "2")), table(row("pbft", "3"), row("raft", "4"))],
    ["a row more", table(row("pbft", "1")), table(row("pbft", "1"), row("raft", "2"))],
    ["rows fewer", table(row("pbft", "1"), row("raft", "2"), row("dag", "3")), table(row("raft", "9"))],
    ["another class", "<p class='a'>x</p>", "<p class='b'>x</p>"],
    ["an element for a text", "<p>x</p>", "<p><i>x</i>y</p>"],
    ["nothing", table(row("pbft", "1")), ""],
    ["something at last", "", table(row("pbft", "1"))],
  ])("is as if it were new: %s", (_, before, after) => {
    const home = document.createElement("div");
    home.append(safeMarkup(before));
    become(home, safeMarkup(after));
    expect(home.innerHTML).toBe(html(after));
  });
  it("keeps the cells whose text alone changes", () => {
    const home = document.createElement("div");
    home.append(safeMarkup(table(row("pbft", "1"))));
    const cell = home.querySelector("td");
    become(home, safeMarkup(table(row("pbft", "2"))));
    expect([home.querySelector("td") === cell, cell?.textContent]).toEqual([true, "2"]);
  });
});
