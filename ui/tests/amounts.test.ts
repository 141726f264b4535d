import { describe, expect, it } from "vitest";
import { NOTHING, bytes, clock, count, duration, durationRange, localTime, plural } from "../src/lib/text/amounts";
import { dagger, provenanceName } from "../src/lib/text/provenance";

describe("amounts", () => {
  it.each([
    [0.004, "4 ms"],
    [0.42, "420 ms"],
    [7.25, "7.3 s"],
    [59.6, "1 min"],
    [260, "4 min 20 s"],
    [11_100, "3 h 5 min"],
    [187_200, "2 d 4 h"],
    [null, NOTHING],
    [Number.NaN, NOTHING],
    [-1, NOTHING],
  ])("%s seconds are %s", (seconds, said) => expect(duration(seconds)).toBe(said));
  it.each([
    [230, 305, "3 min 50 s – 5 min 5 s"],
    [0.42, 0.4204, "420 ms"],
    [null, 3, NOTHING],
  ])("from %s to %s seconds: %s", (lo, hi, said) => expect(durationRange(lo, hi)).toBe(said));
  it("missing is never zero", () =>
    expect([count(null), count(undefined), bytes(null)]).toEqual([NOTHING, NOTHING, NOTHING]));
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1,000"],
    [-1234567, "-1,234,567"],
    [12_345_678_901, "12,345,678,901"],
  ])("%s is written %s", (n, said) => expect(count(n)).toBe(said));
  it("a day is named, this one is today", () => {
    const now = new Date();
    expect(localTime(new Date(2024, 8, 5, 7, 3).toISOString())).toBe("5 Sep 2024");
    expect(localTime(now.toISOString())).toBe(`today ${clock(now).slice(0, 5)}`);
    expect(clock(new Date(2024, 8, 5, 7, 3, 9))).toBe("07:03:09");
    expect(localTime("no time")).toBe("no time");
  });
  it("one run, two runs", () => expect([plural(1, "run"), plural(1200, "run")]).toEqual(["1 run", "1,200 runs"]));
  it.each([
    [999, "999 B"],
    [1500, "1.5 kB"],
    [25_300_000_000, "25 GB"],
  ])("%s bytes are %s", (n, said) => expect(bytes(n)).toBe(said));
});

describe("provenance", () => {
  it("is read as the backend words it", () => {
    expect(provenanceName("estimated (CPU time, TDP guessed)")).toBe("estimated");
    expect(provenanceName("unheard of")).toBeNull();
  });
  it.each([
    ["simulated", 3, "†"],
    ["estimated (x)", 3, "†"],
    ["measured", 3, ""],
    ["simulated", null, ""],
  ])("%s %s has the dagger %j", (said, number, mark) => expect(dagger(said, number)).toBe(mark));
});
