import { type Hono, Hono as HonoApp } from "hono";
import { limitBody } from "../../gateway/http/body.ts";
import { fromThisMachine } from "../../gateway/http/page.ts";
import type { DeskEnv, DeskHttpDeps } from "./deps.ts";
import { fromOwnPage, requireSignIn } from "./guards.ts";
import { finishOidc, startOidc } from "./oidc.ts";
import { changePassword, signIn, signInWays, signInWithAClick, signOut, whoAmI } from "./sign-in.ts";

import { today } from "./today.ts";

/** The desk's HTTP side, to be mounted at `/desk/api`: signing in and out, and a day in numbers. All else is said over the socket. */
export function deskRoutes(deps: DeskHttpDeps): Hono<DeskEnv> {
  const app = new HonoApp<DeskEnv>();
  const ownPage = fromOwnPage(deps);
  const signedIn = requireSignIn(deps);

  app.get("/sign-in", signInWays(deps));
  app.post("/sign-in", ownPage, limitBody, signIn(deps));
  if (deps.development.length > 0) {
    // No name but a loopback one: what is opened by another is not on this machine.
    app.post("/sign-in/development", fromThisMachine(null), ownPage, limitBody, signInWithAClick(deps));
  }
  app.get("/account", signedIn, whoAmI());
  app.post("/sign-out", ownPage, signedIn, signOut(deps));
  app.post("/password", ownPage, signedIn, limitBody, changePassword(deps));
  app.get("/today", signedIn, today(deps));
  if (deps.oidc !== null) {
    app.get("/oidc/start", startOidc(deps, deps.oidc));
    app.get("/oidc/callback", finishOidc(deps, deps.oidc));
  }
  return app;
}
