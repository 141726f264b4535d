import { api } from "../ipc/api";
import type { RunRequest } from "../ipc/bindings";
import type { Given } from "../ipc/call";
import { desk } from "./desk.svelte";
import { live } from "./live.svelte";
import { attempt } from "./notices.svelte";

/** Starts or resumes a campaign and follows it; `false` where it could not be started, which the user has been told. */
export async function startCampaign(request: Given<RunRequest>): Promise<boolean> {
  const started = await attempt("The campaign could not be started", () => api.start(request));
  if (!started) return false;
  if (desk.campaign === started.campaign) {
    live.follow(started.campaign, () => void desk.refresh());
    await desk.refresh();
  } else {
    await desk.open(started.campaign, "run");
  }
  return true;
}
