import { describe, expect, it } from "vitest";
import { describedBy } from "../src/lib/text/figureText";

describe("a figure for those who can't see it", () => {
  it("is described by its own title and description, whatever follows them", () => {
    const head = '<svg xmlns="http://www.w3.org/2000/svg"><title>Latency</title><desc>Two levels &lt; 3</desc>';
    expect(describedBy(`${head}<g><circle r="1"/></g></svg>`, "else")).toBe("Latency. Two levels < 3");
    expect(describedBy(`${head}<g><circle r="1"`, "else")).toBe("Latency. Two levels < 3");
  });
  it("is described by what it is about where it says nothing", () => {
    expect(describedBy('<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>', "Latency by size")).toBe(
      "Latency by size",
    );
  });
});
