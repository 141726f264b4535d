import { describe, expect, it } from "vitest";
import { Pages } from "../src/lib/tables/pages.svelte";

const settled = () => new Promise((done) => setTimeout(done, 0));

describe("rows of a long list", () => {
  it("arrive a page at a time, each asked for once", async () => {
    const asked: number[] = [];
    const pages = new Pages<number>(async (offset, limit) => {
      asked.push(offset);
      return { total: 1000, rows: Array.from({ length: limit }, (_, i) => offset + i) };
    });
    pages.want(0, 30);
    pages.want(190, 230);
    await settled();
    pages.want(0, 230);
    expect([asked, pages.total, pages.row(5), pages.row(201), pages.row(450)]).toEqual([
      [0, 100, 200],
      1000,
      5,
      201,
      undefined,
    ]);
  });
  it("of an older question don't come in late", async () => {
    let answer: ((reply: { total: number; rows: string[] }) => void) | undefined;
    let first = true;
    const pages = new Pages<string>(() => {
      if (!first) return Promise.resolve({ total: 1, rows: ["new"] });
      first = false;
      return new Promise((resolve) => (answer = resolve));
    });
    pages.want(0, 0);
    pages.reset();
    answer?.({ total: 9, rows: ["old"] });
    await settled();
    expect([pages.total, pages.row(0)]).toEqual([1, "new"]);
  });
  it("that can't be read leave the reason", async () => {
    const pages = new Pages<string>(() => Promise.reject(new Error("no store")));
    pages.want(0, 0);
    await settled();
    expect([pages.error, pages.total]).toEqual([new Error("no store"), null]);
  });
});
