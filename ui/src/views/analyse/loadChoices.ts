import { api } from "../../lib/ipc/api";
import { readText } from "../../lib/spec/document";
import { factorsOf, phasesOf, questionsOf } from "../../lib/spec/outline";
import { columnsOf } from "../explore/columns";
import { choices } from "./choices.svelte";

/** Reads what can be asked about a campaign; begins with the first question of its spec. */
export async function loadChoices(campaign: string): Promise<void> {
  const [columns, spec] = await Promise.all([columnsOf(campaign), api.spec(campaign)]);
  const read = readText(spec.text).spec ?? {};
  const question = questionsOf(read)[0];
  const factors = factorsOf(read).map((f) => f.name);
  const named = phasesOf(read).flatMap((p) => p.factors ?? []);
  const varied = columns.filter((c) => c.kind !== "parameter" || factors.includes(c.id) || named.includes(c.id));
  choices.begin(campaign, varied, question?.metric ?? null, question?.by ?? []);
}
