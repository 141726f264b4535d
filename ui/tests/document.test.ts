import { describe, expect, it } from "vitest";
import { lineOf, pathOf, readText, withOrder, withValue, withoutValue } from "../src/lib/spec/document";

const SPEC = `# The whole study.
ergon: 1
campaign:
  id: demo # unique
  seed: 42
factors:
  # from the pilot
  agent_count: [ 5, 10 ] # agents
  fault_rate: { from: 0.0, to: 0.5, step: 0.1 }
phases:
  - name: grid
    replicates: 5 # enough
`;

describe("editing by form", () => {
  it("changes one value and leaves every comment", () => {
    expect(withValue(SPEC, ["phases", 0, "replicates"], 8)).toBe(SPEC.replace("replicates: 5", "replicates: 8"));
  });
  it("replaces levels and keeps what was said about them", () => {
    expect(withValue(SPEC, ["factors", "agent_count"], [5, 10, 25])).toBe(SPEC.replace("[ 5, 10 ]", "[ 5, 10, 25 ]"));
  });
  it("adds a section on one line where it fits", () => {
    expect(withValue(SPEC, ["budget"], { hours: 2 })).toBe(`${SPEC}budget: { hours: 2 }\n`);
  });
  it("adds a factor behind the others", () => {
    const text = withValue(SPEC, ["factors", "network"], ["lan", "wan"]);
    expect(text).toContain("step: 0.1 }\n  network: [ lan, wan ]\nphases:");
  });
  it("gives the first factor a line of its own", () => {
    expect(withValue("factors: {}\n", ["factors", "n"], [])).toBe("factors:\n  n: []\n");
  });
  it("quotes text that would read as something else", () => {
    expect(readText(withValue(SPEC, ["campaign", "title"], "true: #1")).spec).toMatchObject({
      campaign: { title: "true: #1" },
    });
  });
  it("takes away a factor, and the section with the last one", () => {
    const one = withoutValue(SPEC, ["factors", "agent_count"]);
    expect(one).not.toContain("agent_count");
    expect(withoutValue(one, ["factors", "fault_rate"])).not.toContain("factors");
  });
  it("moves a factor with its comment", () => {
    const text = withOrder(SPEC, ["factors"], ["fault_rate", "agent_count"]);
    expect(text.indexOf("fault_rate")).toBeLessThan(text.indexOf("agent_count"));
    expect(text).toContain("# from the pilot");
    expect(text).toContain("# agents");
  });
  it("leaves a text that is no YAML alone", () => {
    expect(withValue("a: [", ["b"], 1)).toBe("a: [");
  });
});

describe("reading", () => {
  it("says where the text is broken", () => {
    expect(readText("ergon: 1\nfactors: [1,\n").fault).toMatchObject({ line: 3 });
  });
  it("refuses what is no mapping", () => {
    expect(readText("- a\n- b\n").fault?.message).toContain("mapping");
  });
  it("knows the line of a value", () => {
    expect(lineOf(SPEC, ["phases", 0, "replicates"])).toBe(12);
  });
  it("reads the backend's paths", () => {
    expect(pathOf("phases[1].design.size")).toEqual(["phases", 1, "design", "size"]);
  });
});
