import type { RunsColumn } from "../../lib/ipc/bindings";

/** What is asked of the data; Publish begins with the same. */
class Choices {
  campaign = $state<string | null>(null);
  metrics = $state.raw<readonly RunsColumn[]>([]);
  factors = $state.raw<readonly string[]>([]);
  metric = $state("");
  by = $state.raw<readonly string[]>([]);
  test = $state("");
  correction = $state("");

  /** For another campaign: its metrics and factors, the first of each chosen. */
  begin(campaign: string, columns: readonly RunsColumn[], metric: string | null, by: readonly string[]): void {
    this.metrics = columns.filter((column) => column.kind === "metric");
    this.factors = columns.filter((column) => column.kind === "parameter").map((column) => column.id);
    if (this.campaign === campaign && this.metrics.some((m) => m.id === this.metric)) return;
    this.campaign = campaign;
    this.metric = this.metrics.some((m) => m.id === metric) ? (metric ?? "") : (this.metrics[0]?.id ?? "");
    const known = by.filter((factor) => this.factors.includes(factor));
    this.by = known.length > 0 ? known.slice(0, 1) : this.factors.slice(0, 1);
    this.test = "";
    this.correction = "";
  }

  toggle(factor: string): void {
    this.by = this.by.includes(factor) ? this.by.filter((f) => f !== factor) : [...this.by, factor];
  }
}

export const choices = new Choices();
