import { api } from "../ipc/api";
import type { StatusReply } from "../ipc/bindings";
import { isTextOrNull, keep, kept } from "./kept";
import { attempt } from "./notices.svelte";
import { VIEWS, type ViewName, isViewName } from "./views";

/** What is open: the view, the campaign, and how the campaign stands. */
class Desk {
  view = $state<ViewName>(kept("view", "library", isViewName));
  campaign = $state<string | null>(kept("campaign", null, isTextOrNull));
  /** A draft that was never saved is open in Design. */
  drafting = $state(false);
  standing = $state<StatusReply | null>(null);
  specHash = $state<string | null>(null);

  /** Whether the campaign's views have something to show. */
  get hasCampaign(): boolean {
    return this.campaign !== null;
  }

  canShow(view: ViewName): boolean {
    const needs = VIEWS.find((v) => v.name === view)?.needsCampaign ?? false;
    return !needs || this.hasCampaign || (view === "design" && this.drafting);
  }

  show(view: ViewName): void {
    if (!this.canShow(view)) return;
    this.view = view;
    keep("view", view);
  }

  async open(campaign: string, view: ViewName = "run"): Promise<void> {
    this.campaign = campaign;
    this.drafting = false;
    this.standing = null;
    this.specHash = null;
    keep("campaign", campaign);
    this.show(view);
    await this.refresh();
  }

  close(): void {
    this.campaign = null;
    this.standing = null;
    this.specHash = null;
    keep("campaign", null);
    this.show("library");
  }

  startDraft(): void {
    this.campaign = null;
    this.standing = null;
    this.specHash = null;
    this.drafting = true;
    keep("campaign", null);
    this.show("design");
  }

  async refresh(): Promise<void> {
    const campaign = this.campaign;
    if (campaign === null) return;
    const found = await attempt("The campaign could not be opened", () => api.status(campaign));
    // Another one may have been opened meanwhile.
    if (this.campaign !== campaign) return;
    if (!found) {
      this.close();
      return;
    }
    this.standing = found;
    const spec = await attempt("The spec could not be read", () => api.spec(campaign));
    if (this.campaign === campaign) this.specHash = spec?.spec_hash ?? null;
  }
}

export const desk = new Desk();
