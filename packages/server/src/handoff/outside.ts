import type { HandoffProvider } from "./provider.ts";

/**
 * A program elsewhere that looks for itself: it finds handoffs by `GET /api/v1/handoffs` and what was said by
 * `GET /api/v1/sessions/{id}/events`, and answers by `POST /api/v1/handoffs/{id}/commands`. The record is all there is to
 * be told.
 */
export const outside: HandoffProvider = {
  async request() {},
  tell() {},
};
