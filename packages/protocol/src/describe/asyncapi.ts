import { CLOSE } from "../close-codes.ts";
import { clientEventSchemas, type Schema, serverEventSchemas } from "./event-schemas.ts";
import { VERSION } from "./version.ts";

const DIALECT = "draft-7";

/** A message of the channel for every event. @param prefix tells an echo from what it echoes */
function messagesOf(schemas: Record<string, Schema>, prefix: string): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { title, description }]) => [
      `${prefix}${name}`,
      {
        name: `EVENT_TYPE_${title}`,
        summary: description,
        payload: { $ref: `#/components/schemas/${prefix}${name}` },
      },
    ]),
  );
}

const prefixed = (schemas: Record<string, Schema>, prefix: string): Record<string, Schema> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [`${prefix}${name}`, schema]));

/** The socket, as AsyncAPI 3: seen from the server, which receives what clients send. */
export function asyncApi(): Schema {
  const sent = serverEventSchemas(DIALECT, (name) => ({ $ref: `#/components/schemas/server.${name}` }));
  const received = clientEventSchemas(DIALECT);
  const [sentMessages, receivedMessages] = [messagesOf(sent, "server."), messagesOf(received, "client.")];
  const references = (messages: Record<string, Schema>): Schema[] =>
    Object.keys(messages).map((name) => ({ $ref: `#/channels/session/messages/${name}` }));
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Parley: the socket",
      version: VERSION,
      description:
        "JSON events over a WebSocket, one event a text frame. docs/protocol.md says what schemas cannot.",
    },
    defaultContentType: "application/json",
    servers: { development: { host: "localhost:8080", protocol: "ws" } },
    channels: {
      session: {
        address: "/ws",
        title: "A session",
        description: `Right after the upgrade comes a replay of what is behind the cursor, then what happens. Closed with ${Object.values(CLOSE).join(", ")}.`,
        messages: { ...sentMessages, ...receivedMessages },
        bindings: { ws: { method: "GET", query: upgradeQuery, bindingVersion: "0.1.0" } },
      },
    },
    operations: {
      receive: {
        action: "receive",
        summary: "What a client may send: five events, nothing else.",
        channel: { $ref: "#/channels/session" },
        messages: references(receivedMessages),
      },
      send: {
        action: "send",
        summary: "What the server sends.",
        channel: { $ref: "#/channels/session" },
        messages: references(sentMessages),
      },
    },
    components: { schemas: { ...prefixed(sent, "server."), ...prefixed(received, "client.") } },
  };
}

/** The query of an upgrade [section 2]. */
const upgradeQuery: Schema = {
  type: "object",
  properties: {
    session_id: { type: "string", format: "uuid" },
    access_token: {
      type: "string",
      description: "Of the user whose session it is; `auth_token` stands for it too.",
    },
    cursor: {
      type: "string",
      description: "The highest sequence the client has seen, as `12` or `seq:12`; what cannot be read is 0.",
    },
  },
  required: ["session_id", "access_token"],
};
