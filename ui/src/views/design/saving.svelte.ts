import { api } from "../../lib/ipc/api";
import { OperationError } from "../../lib/ipc/call";
import { draft } from "../../lib/spec/draft.svelte";
import { desk } from "../../lib/state/desk.svelte";
import { keep } from "../../lib/state/kept";
import { notices } from "../../lib/state/notices.svelte";

/** Registers drafts, asking for a reason where finished runs are affected. */
class Saving {
  busy = $state(false);
  /** Set while somebody is asked why the plan changed. */
  asking = $state<{ message: string } | null>(null);
  #then: (() => Promise<void>) | null = null;

  /** Saves, then goes on; stops quietly where the user is asked for a reason first. */
  async save(then: (() => Promise<void>) | null = null, reason: string | null = null): Promise<void> {
    this.busy = true;
    try {
      if (draft.changed || draft.base === null) {
        const saved = await api.saveSpec({
          text: draft.text,
          ...(draft.base !== null && { campaign: draft.base }),
          ...(reason !== null && { amend: reason }),
        });
        draft.markSaved(saved.campaign);
        keep("draft", "");
        this.asking = null;
        if (desk.campaign === saved.campaign) await desk.refresh();
        else await desk.open(saved.campaign, "design");
        if (!then) notices.done(`Saved as revision ${saved.revision}`);
      }
      await then?.();
    } catch (thrown) {
      if (thrown instanceof OperationError && thrown.code === "reason_required" && reason === null) {
        this.#then = then;
        this.asking = { message: thrown.message };
      } else {
        notices.failed("The campaign could not be saved", thrown);
      }
    } finally {
      this.busy = false;
    }
  }

  async saveWith(reason: string): Promise<void> {
    this.asking = null;
    await this.save(this.#then, reason);
  }
}

export const saving = new Saving();
