import { EVENT } from "@parley/protocol";
import { type Received, sequenced, typesOf, type WireEvent } from "./client/recording.ts";
import type { Socket } from "./client/socket.ts";
import type { Context, Session } from "./context.ts";
import { isAgentText, say, trigger } from "./conversation.ts";
import { ensure } from "./failure.ts";
import type { Need } from "./needs.ts";
import { GRACE, People } from "./people.ts";

/** Of every check in which the suite plays people. */
export const PEOPLE_NEEDS: readonly Need[] = ["people", "trigger:handoff"];

/** What came behind something, without what is transient. */
export const sequencedAfter = (socket: Socket, after: Received): Received[] =>
  sequenced(socket.received.slice(after.index + 1));

interface Scene {
  session: Session;
  socket: Socket;
  people: People;
  /** `POLY_AGENT_LEFT`. */
  left: Received;
}

/** A user who has asked for a person. */
export async function waiting(context: Context, body: { streaming_enabled?: boolean } = {}): Promise<Scene> {
  const { session, socket } = await context.joined(body);
  const echo = await say(socket, trigger(context.profile, "handoff"));
  const left = await socket.waitFor(EVENT.POLY_AGENT_LEFT, { after: echo });
  return { session, socket, left, people: await People.of(context, session) };
}

/** One who talks to a person. */
export async function talking(context: Context): Promise<Scene & { joined: Received }> {
  const scene = await waiting(context);
  await scene.people.do("join", { agent: GRACE });
  const joined = await scene.socket.waitFor(EVENT.LIVE_AGENT_JOINED, { after: scene.left });
  return { ...scene, joined };
}

const isOfAgent = (event: WireEvent): boolean =>
  isAgentText(event) || event.type === EVENT.POLY_AGENT_THINKING;

/** Nothing of the agent's between something that came and now. */
export async function agentSilent(socket: Socket, after: Received): Promise<void> {
  await socket.fence();
  const heard = socket.received.slice(after.index).filter(({ event }) => isOfAgent(event));
  ensure(heard.length === 0, "nothing of the agent's", typesOf(heard));
}
