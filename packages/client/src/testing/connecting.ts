import { Connection, type ConnectionStatus } from "../connection.ts";
import { FakeServer } from "./fake-server.ts";

/** Connects to a server of its own as often as a test likes, and keeps what becomes of that. */
export class Connecting {
  readonly server = new FakeServer();
  /** The states of all its connections, each once as long as it lasts. */
  readonly states: ConnectionStatus["state"][] = [];

  readonly connect = (more: object = {}): Connection => {
    const connection = new Connection({ ...this.server.options, ...more });
    connection.on("status", ({ state }) => {
      if (this.states.at(-1) !== state) this.states.push(state);
    });
    connection.connect();
    return connection;
  };

  /** From where each socket has asked for events. */
  readonly cursors = () => this.server.upgrades.map((url) => url.searchParams.get("cursor"));
}
