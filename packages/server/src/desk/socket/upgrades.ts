import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { CLOSE, HTTP_ERRORS, type HttpFault, UPGRADE_ERRORS } from "@parley/protocol";
import { parse } from "hono/utils/cookie";
import type { WebSocket } from "ws";
import { ClientSocket } from "../../gateway/ws/client-socket.ts";
import { refuseUpgrade, reset } from "../../gateway/ws/refusal.ts";
import { webSocketServer } from "../../gateway/ws/web-socket-server.ts";
import type { SignedIn, SignIn, SignIns } from "../accounts/sign-ins.ts";
import { cookieName } from "../http/cookie.ts";
import { DESK_ERRORS } from "../http/errors.ts";
import { isOwnOrigin } from "../http/origin.ts";
import { CLOSE_SIGNED_OUT } from "../wire.ts";
import { Link, type LinkParts } from "./link.ts";

/** Bytes of one frame of a page: the largest command, a message whose every character JSON escapes, with what is around it. */
const FRAME_BYTES = 524_288;
/** Sockets of one account: tabs and phones of one person. */
const PER_ACCOUNT = 20;
/** A page has so long to answer the close frame of a restart, milliseconds. */
const PATIENCE_MS = 1_000;

export interface DeskUpgradesOptions extends LinkParts {
  signIns: SignIns;
  publicUrl: string | null;
  newId: () => string;
}

/** Turns HTTP upgrades at `/desk/ws` into pages of the desk: `?epoch=…&revision=…` is what the page has of the lists. */
export class DeskUpgrades {
  readonly #options: DeskUpgradesOptions;
  readonly #wss = webSocketServer(FRAME_BYTES);
  readonly #sockets = new Map<ClientSocket, { signIn: SignIn; signOut: () => void }>();
  #isClosing = false;

  constructor(options: DeskUpgradesOptions) {
    this.#options = options;
    this.#wss.on("wsClientError", (_, socket, request) =>
      this.#refuse(request, socket, UPGRADE_ERRORS.badParameters),
    );
    options.signIns.whenEnded(({ id }) => {
      for (const { signIn, signOut } of this.#sockets.values()) if (signIn.id === id) signOut();
    });
  }

  /** Whether a request is for the desk. */
  static isFor({ url = "" }: IncomingMessage): boolean {
    return url.split("?", 1)[0] === "/desk/ws";
  }

  readonly handle = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => {});
    const judged = this.#judge(request);
    if (judged === "reset") reset(socket);
    else if ("fault" in judged) this.#refuse(request, socket, judged.fault);
    else {
      const since = sinceOf(request, this.#options.desk.board.epoch);
      this.#wss.handleUpgrade(request, socket, head, (ws) => this.#connect(ws, socket, judged, since));
    }
  };

  /** A browser sends the cookie with any page's upgrade, so whose page it is is asked first. */
  #judge({ headers }: IncomingMessage): SignedIn | { fault: HttpFault } | "reset" {
    const { signIns, publicUrl } = this.#options;
    if (this.#isClosing) return "reset";
    const { origin, host, cookie } = headers;
    if (!isOwnOrigin({ origin, host }, publicUrl)) return { fault: DESK_ERRORS.foreignOrigin };
    const name = cookieName(publicUrl);
    const signedIn = signIns.find(parse(cookie ?? "", name)[name]);
    if (signedIn === null) return { fault: DESK_ERRORS.signedOut };
    const open = [...this.#sockets.values()].filter(({ signIn }) => signIn.account === signedIn.account.id);
    return open.length >= PER_ACCOUNT ? { fault: HTTP_ERRORS.tooMany } : signedIn;
  }

  /** Closes all with 1012; they come back. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const sockets = [...this.#sockets.keys()];
    for (const socket of sockets) socket.close(CLOSE.restart);
    const late = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(PATIENCE_MS, late.resolve);
    await Promise.race([Promise.all(sockets.map(({ closed }) => closed)), late.promise]);
    timer.cancel();
    for (const socket of sockets) socket.terminate();
  }

  #connect(ws: WebSocket, stream: Duplex, { account, signIn }: SignedIn, since: number | null): void {
    const { clock, logger } = this.#options;
    const socket = new ClientSocket(ws, stream, clock);
    const link = new Link(socket, account, since, this.#options);
    // A socket may take a while to close, and its page could go on in the meantime.
    const signOut = () => {
      link.stop();
      ws.close(CLOSE_SIGNED_OUT);
    };
    this.#sockets.set(socket, { signIn, signOut });
    const expiry = clock.after(signIn.expiresAt - clock.now(), signOut);
    ws.on("message", (data: Buffer, isBinary) => {
      socket.hold(data.length, link.receive(isBinary ? "" : data.toString()));
    });
    ws.on("error", (error) => logger.debug({ account: account.id, error }, "a socket of the desk failed"));
    ws.on("close", () => {
      expiry.cancel();
      this.#sockets.delete(socket);
      link.stop();
    });
    link.start();
  }

  #refuse(request: IncomingMessage, socket: Duplex, fault: HttpFault): void {
    refuseUpgrade(request, socket, fault, this.#options.newId);
  }
}

/** What the page has of the lists; null where that is of no use. */
function sinceOf({ url = "" }: IncomingMessage, epoch: string): number | null {
  const parameters = new URLSearchParams(url.split("?", 2)[1]);
  const revision = parameters.get("revision") ?? "";
  return parameters.get("epoch") === epoch && /^\d{1,15}$/.test(revision) ? Number(revision) : null;
}
