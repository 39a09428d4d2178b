import type { MiddlewareHandler } from "hono";
import { refuse } from "../../gateway/http/answers.ts";
import { tokenOf } from "./cookie.ts";
import type { DeskEnv, DeskHttpDeps } from "./deps.ts";
import { DESK_ERRORS } from "./errors.ts";
import { isOwnOrigin } from "./origin.ts";

/**
 * What changes something is asked by a page of this server, as JSON. A form of another site can send neither its own
 * origin nor that type, and the cookie does not come with it anyway (`SameSite=Strict`): three walls.
 */
export const fromOwnPage =
  ({ publicUrl }: Pick<DeskHttpDeps, "publicUrl">): MiddlewareHandler<DeskEnv> =>
  async (c, next) => {
    const request = { origin: c.req.header("Origin"), host: c.req.header("Host") };
    if (!isOwnOrigin(request, publicUrl)) return refuse(c, DESK_ERRORS.foreignOrigin);
    const type = c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase();
    if (type !== "application/json") return refuse(c, DESK_ERRORS.notJson);
    await next();
    return;
  };

/** Lets in who is signed in; `signedIn` says who it is. */
export const requireSignIn =
  ({ signIns, publicUrl }: Pick<DeskHttpDeps, "signIns" | "publicUrl">): MiddlewareHandler<DeskEnv> =>
  async (c, next) => {
    const signedIn = signIns.find(tokenOf(c, publicUrl));
    if (signedIn === null) return refuse(c, DESK_ERRORS.signedOut);
    c.set("signedIn", signedIn);
    await next();
    return;
  };
