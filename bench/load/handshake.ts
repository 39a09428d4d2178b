import { Agent, request } from "node:http";
import type { Target } from "../servers/server.ts";

/** A session, and the token that opens it. */
export interface Place {
  session: string;
  accessToken: string;
}

/**
 * The server allows a connector 60 requests at once from one address. The limit stays on: the clients come from many
 * addresses of this machine's own network, as they would from the world.
 */
const REQUESTS_AN_ADDRESS = 50;

let lastAddress = 1;

/** 127.0.0.2 and on; the whole of 127.0.0.0/8 is this machine. */
function nextAddress(): string {
  lastAddress += 1;
  return `127.${(lastAddress >> 16) & 0xff}.${(lastAddress >> 8) & 0xff}.${lastAddress & 0xff}`;
}

interface Post {
  target: Target;
  agent: Agent;
  path: string;
  headers: Record<string, string>;
  body: object;
}

function post<Answer>({ target: { host, port }, agent, path, headers, body }: Post): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host,
        port,
        path,
        method: "POST",
        agent,
        headers: { ...headers, "Content-Type": "application/json" },
      },
      async (response) => {
        try {
          const text = (await response.setEncoding("utf8").toArray()).join("");
          if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${text}`);
          resolve(JSON.parse(text));
        } catch (error) {
          reject(error);
        }
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

/** @param resume `<session id>.<resume token>` of a session whose user the token is for; a new user without */
export async function accessToken(target: Target, connector: string, resume?: string): Promise<string> {
  const agent = new Agent({ localAddress: nextAddress() });
  const headers = { "X-Token": connector, "X-Host": "localhost", ...(resume && { "X-Resume": resume }) };
  const { access_token } = await post<{ access_token: string }>({
    target,
    agent,
    path: "/api/v1/access-token",
    headers,
    body: {},
  });
  agent.destroy();
  return access_token;
}

/** Creates sessions of one user, as clients do. */
export async function createSessions(target: Target, connector: string, count: number): Promise<Place[]> {
  const token = await accessToken(target, connector);
  const batches = Array.from({ length: Math.ceil(count / REQUESTS_AN_ADDRESS) }, (_, index) =>
    fromOneAddress(target, token, Math.min(REQUESTS_AN_ADDRESS, count - index * REQUESTS_AN_ADDRESS)),
  );
  return (await Promise.all(batches)).flat();
}

async function fromOneAddress(target: Target, accessToken: string, count: number): Promise<Place[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress: nextAddress() });
  const headers = { Authorization: `Bearer ${accessToken}` };
  const body = { streaming_enabled: true };
  const places: Place[] = [];
  for (let i = 0; i < count; i += 1) {
    const { session_id: session } = await post<{ session_id: string }>({
      target,
      agent,
      path: "/api/v1/sessions",
      headers,
      body,
    });
    places.push({ session, accessToken });
  }
  agent.destroy();
  return places;
}
