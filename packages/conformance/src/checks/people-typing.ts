import { EVENT, TYPING_STATE } from "@parley/protocol";
import type { Check } from "../check.ts";
import { typesOf, type WireEvent } from "../client/recording.ts";
import { ensure, same } from "../failure.ts";
import { GRACE } from "../people.ts";
import { PEOPLE_NEEDS, talking } from "../people-scene.ts";

const isTyping =
  (state: keyof typeof TYPING_STATE) =>
  ({ type, payload }: WireEvent): boolean =>
    type === EVENT.LIVE_AGENT_TYPING && payload.state === TYPING_STATE[state];

/** A person's typing, as the user sees it. */
export const peopleTyping: Check[] = [
  {
    id: "6.people.typing",
    needs: PEOPLE_NEEDS,
    title: "A person's typing is told with a stop for each start, also where words or the end follow",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      await people.do("typing", { state: "started" });
      const first = await socket.wait("a start", isTyping("started"), { after: joined });
      same(first.event.payload.agent_id, GRACE.id, "who types");
      await people.do("typing", { state: "stopped" });
      const second = await socket.wait("its stop", isTyping("stopped"), { after: first });
      await people.do("typing", { state: "started" });
      const third = await socket.wait("a start", isTyping("started"), { after: second });
      await people.do("message", { text: "Here you are." });
      await socket.wait("the stop behind words", isTyping("stopped"), { after: third });
      const said = await socket.waitFor(EVENT.LIVE_AGENT_MESSAGE, { after: third });
      await people.do("typing", { state: "started" });
      const last = await socket.wait("a start", isTyping("started"), { after: said });
      await people.do("end");
      const left = await socket.waitFor(EVENT.LIVE_AGENT_LEFT, { after: last });
      ensure(
        socket.received.slice(last.index + 1, left.index).some(({ event }) => isTyping("stopped")(event)),
        "a stop before LIVE_AGENT_LEFT",
        typesOf(socket.received.slice(last.index)),
      );
    },
  },
  {
    id: "6.people.typing-vanished",
    needs: PEOPLE_NEEDS,
    title: "Typing of a person who vanishes is stopped",
    async run(context) {
      const { socket, people, joined } = await talking(context);
      await people.do("typing", { state: "started" });
      const started = await socket.wait("a start", isTyping("started"), { after: joined });
      await socket.wait("its stop", isTyping("stopped"), { after: started, within: 20_000 });
    },
  },
];
