import type { MiddlewareHandler } from "hono";
import { authorizeOperator, type Scope } from "../../identity/operators.ts";
import { refuse } from "./answers.ts";
import type { HttpDeps, HttpEnv } from "./deps.ts";

/** Lets in an operator whose key has the scope. */
export const requireScope =
  ({ operatorKeys }: HttpDeps, scope: Scope): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const authorized = authorizeOperator(await operatorKeys(), c.req.header("Authorization"), scope);
    if ("fault" in authorized) {
      const { fault } = authorized;
      return refuse(c, fault, fault.status === 401 ? { "WWW-Authenticate": "Bearer" } : {});
    }
    await next();
    return;
  };
