import { END_REASON, EVENT } from "@parley/protocol";
import type { Check } from "../check.ts";
import { sleep } from "../client/pace.ts";
import { ensure, same } from "../failure.ts";

/** How much later than meant an idle session may be ended, seconds. */
const LATE = 5;

/** How long behind the end of an idle session it is looked at, seconds: within its grace. */
const GRACE_LEFT = 1;

export const idleness: Check[] = [
  {
    id: "7.idle.abandoned",
    needs: ["shortIdle"],
    seconds: 60,
    title: "Without life a session ends with REASON_USER_ABANDONED; pongs are no life",
    async run(context) {
      const idle = context.profile.idleSeconds ?? 0;
      const { socket } = await context.connected();
      const { event, at } = await socket.waitFor(EVENT.SESSION_END, { within: (idle + LATE) * 1_000 });
      same(event.payload, { reason: END_REASON.abandoned }, "the end");
      const seconds = (at - socket.recording.openedAt) / 1_000;
      ensure(seconds >= idle - 0.5, `${idle} s before the end`, seconds);
      same((await socket.closed()).code, 1000, "the close code");
    },
  },
  {
    id: "7.idle.never-opened",
    needs: ["shortIdle", "departure:endedSession=here"],
    seconds: 60,
    title: "The clock starts at creation: a session that nobody opens is abandoned too",
    async run(context) {
      const idle = context.profile.idleSeconds ?? 0;
      const session = await context.session();
      // The sentence is about time.
      await sleep((idle + GRACE_LEFT) * 1_000);
      const socket = await context.open(session);
      const { event } = await socket.waitFor(EVENT.SESSION_END);
      same(event.payload, { reason: END_REASON.abandoned }, "the end");
    },
  },
  {
    id: "7.idle.heartbeat",
    needs: ["shortIdle"],
    seconds: 90,
    title: "Heartbeats keep a session alive",
    async run(context) {
      const idle = context.profile.idleSeconds ?? 0;
      const { socket } = await context.connected();
      const until = performance.now() + 1.5 * idle * 1_000;
      while (performance.now() < until) {
        await socket.fence();
        await sleep((idle * 1_000) / 4);
      }
      await socket.fence();
      socket.ensureOpen();
    },
  },
  {
    id: "7.idle.refused-frames",
    needs: ["shortIdle"],
    seconds: 90,
    title: "Any frame counts as life, refused ones too",
    async run(context) {
      const idle = context.profile.idleSeconds ?? 0;
      const { socket } = await context.connected();
      const until = performance.now() + 1.5 * idle * 1_000;
      while (performance.now() < until) {
        socket.sendText("not JSON");
        await sleep((idle * 1_000) / 4);
      }
      await socket.fence();
      socket.ensureOpen();
    },
  },
  {
    id: "7.idle.upgrade",
    needs: ["shortIdle"],
    seconds: 90,
    title: "An accepted upgrade counts as life",
    async run(context) {
      const idle = context.profile.idleSeconds ?? 0;
      const { session, socket } = await context.connected();
      const until = performance.now() + 1.5 * idle * 1_000;
      while (performance.now() < until) {
        const { status } = await context.open(session).then((other) => {
          other.break();
          return { status: 101 };
        });
        same(status, 101, "the upgrade");
        await sleep((idle * 1_000) / 4);
      }
      socket.ensureOpen();
    },
  },
];
