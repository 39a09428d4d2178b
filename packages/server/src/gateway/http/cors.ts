import { cors } from "hono/cors";
import type { Connector, Connectors } from "../../identity/connectors.ts";
import { CORRELATION_HEADER } from "./correlation.ts";

/** Seconds a browser may keep a preflight's answer: the longest that Chromium honours. */
const PREFLIGHT_SECONDS = 7_200;

/**
 * CORS for the handshake [protocol section 1]. A preflight carries no token, so it cannot say whose it is: an origin
 * that any connector allows may ask. Whether it gets anything is decided by its own connector; its refusal stays
 * readable, so that a page sees the error and not just a network failure.
 */
export const handshakeCors = (connectors: Connectors<Connector>) =>
  cors({
    origin: (origin) => (connectors.knowsOrigin(origin) ? origin : null),
    allowMethods: ["POST"],
    // The headers asked for are granted as they are: clients add their own, for tracing for example.
    allowHeaders: [],
    exposeHeaders: [CORRELATION_HEADER, "Retry-After"],
    maxAge: PREFLIGHT_SECONDS,
  });
