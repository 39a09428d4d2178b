import type { HandoffName, HandoffNews, HandoffProvider, HandoffRequest } from "../handoff/provider.ts";

/** A provider whose people a test plays: keeps what it is asked and told. */
export class FakeProvider implements HandoffProvider {
  readonly requests: HandoffRequest[] = [];
  readonly told: { name: HandoffName; news: HandoffNews }[] = [];
  /** What the next requests wait for; a rejection is one that could not be made. */
  before: () => Promise<void> = async () => {};

  async request(request: HandoffRequest): Promise<void> {
    this.requests.push(request);
    await this.before();
  }

  tell(name: HandoffName, news: HandoffNews): void {
    this.told.push({ name, news });
  }

  /** What was told, without how far the events are. */
  get news(): HandoffNews[] {
    return this.told.map(({ news }) => news).filter(({ kind }) => kind !== "events");
  }
}
