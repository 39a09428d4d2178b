import { ATTACHMENT_TYPE, END_REASON, EVENT, LIMITS, SYSTEM_LEVEL, SYSTEM_MESSAGES } from "@parley/protocol";
import type { Check } from "../check.ts";
import { sleep } from "../client/pace.ts";
import { type Received, typesOf } from "../client/recording.ts";
import type { Socket } from "../client/socket.ts";
import {
  answerAfter,
  ask,
  errorAfter,
  FORMS,
  isAgentText,
  say,
  trigger,
  waitTrigger,
} from "../conversation.ts";
import { ensure, same } from "../failure.ts";

async function waitForClose(socket: Socket): Promise<Received> {
  const end = await socket.waitFor(EVENT.SESSION_END);
  same((await socket.closed()).code, 1000, "the close code");
  return end;
}

/** Sends a text that makes the agent fail. @returns what came from the echo up to the error */
async function fail(socket: Socket, text: string): Promise<{ between: Received[]; error: Received }> {
  const echo = await say(socket, text);
  const error = await errorAfter(socket, echo);
  same(error.event.payload.level, SYSTEM_LEVEL.error, "the level of the error");
  same(error.event.sequence, null, "the sequence of the error");
  return { between: socket.received.slice(echo.index + 1, error.index), error };
}

export const answers: Check[] = [
  {
    id: "5.start.capabilities",
    title: "SESSION_START is sequence 1 and says what the server can do",
    async run(context) {
      const { socket } = await context.connected({ streaming_enabled: true });
      const { event } = await socket.waitFor(EVENT.SESSION_START);
      same(event.sequence, 1, "its sequence");
      const expected = {
        streaming: true,
        max_message_size_bytes: LIMITS.messageBytes,
        max_reconnect_attempts: LIMITS.maxReconnectAttempts,
        heartbeat_interval_seconds: LIMITS.heartbeatIntervalSeconds,
      };
      same(event.payload.capabilities, expected, "the capabilities");
    },
  },
  {
    id: "5.thinking.repeated",
    needs: ["trigger:wait"],
    seconds: 60,
    title: "POLY_AGENT_THINKING comes again every 8 s while the agent works",
    async run(context) {
      const { socket } = await context.joined();
      const echo = await say(socket, waitTrigger(context.profile, 10));
      const first = await socket.waitFor(EVENT.POLY_AGENT_THINKING, { after: echo });
      // The sentence is about time; half of it, and a sign of life for a server whose sessions idle for less.
      await sleep(LIMITS.thinkingRepeatMs / 2);
      await socket.fence();
      const second = await socket.waitFor(EVENT.POLY_AGENT_THINKING, { after: first });
      const gap = second.at - first.at;
      const inTime = Math.abs(gap - LIMITS.thinkingRepeatMs) < 1_000;
      ensure(inTime, `${LIMITS.thinkingRepeatMs} ms between two`, `${gap.toFixed(0)} ms`);
      await answerAfter(socket, second);
    },
  },
  ...FORMS.map(
    ({ form, streaming_enabled }): Check => ({
      id: `5.attachments.${form}`,
      needs: ["trigger:menu"],
      title: `Attachments and suggestions ride on ${streaming_enabled ? "the completing chunk" : "the message"}`,
      async run(context) {
        const { socket } = await context.joined({ streaming_enabled });
        const { answer } = await ask(socket, trigger(context.profile, "menu"));
        const { attachments, response_suggestions } = answer.last.event.payload;
        const kinds = (attachments as { content_type: string }[]).map(({ content_type }) => content_type);
        same(kinds.toSorted(), [ATTACHMENT_TYPE.image, ATTACHMENT_TYPE.url], "the types of the attachments");
        ensure((response_suggestions as unknown[]).length > 0, "suggestions", response_suggestions);
        for (const { event } of answer.parts.slice(0, -1)) {
          const { attachments, response_suggestions } = event.payload;
          same(
            { attachments, response_suggestions },
            { attachments: [], response_suggestions: [] },
            "on a chunk",
          );
        }
      },
    }),
  ),
  {
    id: "5.call-actions.message",
    needs: ["trigger:callActions"],
    title: "Without streaming, call actions are on the message",
    async run(context) {
      const { socket } = await context.joined();
      const { answer } = await ask(socket, trigger(context.profile, "callActions"));
      const actions = answer.last.event.payload.chat_call_actions;
      ensure(Array.isArray(actions) && actions.length > 0, "chat_call_actions", answer.last.event);
    },
  },
  {
    id: "5.call-actions.stream",
    needs: ["trigger:callActions"],
    title: "When streaming, call actions follow the completing chunk in a POLY_AGENT_MESSAGE of their own",
    async run(context) {
      const { socket } = await context.joined({ streaming_enabled: true });
      const { answer } = await ask(socket, trigger(context.profile, "callActions"));
      const { event } = await socket.waitFor(EVENT.POLY_AGENT_MESSAGE, { after: answer.last });
      const { message_id, chat_call_actions, text, attachments, response_suggestions } = event.payload;
      same(event.sequence, Number(answer.last.event.sequence) + 1, "its sequence, directly behind");
      const empty = { text: "", attachments: [], response_suggestions: [] };
      same({ text, attachments, response_suggestions }, empty, "what it holds beside");
      ensure(message_id !== answer.messageId, "another message_id", message_id);
      ensure(Array.isArray(chat_call_actions) && chat_call_actions.length > 0, "chat_call_actions", event);
    },
  },
  ...FORMS.map(
    ({ form, streaming_enabled }): Check => ({
      id: `5.language.${form}`,
      needs: ["trigger:language"],
      title: "LANGUAGE_CHANGED, a BCP-47 code, comes before its answer, and is not the last event",
      async run(context) {
        const { socket } = await context.joined({ streaming_enabled });
        const { echo, answer } = await ask(socket, trigger(context.profile, "language"));
        const changed = await socket.waitFor(EVENT.LANGUAGE_CHANGED, { after: echo });
        ensure(
          changed.index < (answer.parts[0]?.index ?? 0),
          "LANGUAGE_CHANGED first",
          typesOf(socket.received),
        );
        const code = String(changed.event.payload.language_code);
        same(Intl.getCanonicalLocales(code), [code], "the canonical form of the code");
      },
    }),
  ),
  ...FORMS.map(
    ({ form, streaming_enabled }): Check => ({
      id: `5.goodbye.${form}`,
      needs: ["trigger:goodbye"],
      title: "When the agent ends: its farewell, SESSION_END REASON_NATURAL_END, close 1000",
      async run(context) {
        const { socket } = await context.joined({ streaming_enabled });
        const { answer } = await ask(socket, trigger(context.profile, "goodbye"));
        const end = await waitForClose(socket);
        same(end.event.payload, { reason: END_REASON.natural }, "the end");
        ensure(answer.last.index < end.index, "the farewell before the end", typesOf(socket.received));
      },
    }),
  ),
  ...FORMS.map(
    ({ form, streaming_enabled }): Check => ({
      id: `5.failure.first-word-${form}`,
      needs: ["trigger:failNow", "trigger:echo"],
      title: `An agent that fails before its first word: "${SYSTEM_MESSAGES.failedBeforeWords}"`,
      async run(context) {
        const { socket } = await context.joined({ streaming_enabled });
        const { between, error } = await fail(socket, trigger(context.profile, "failNow"));
        same(error.event.payload.message, SYSTEM_MESSAGES.failedBeforeWords, "the error");
        ensure(!between.some(({ event }) => isAgentText(event)), "no text before it", typesOf(between));
        await ask(socket, "and now?");
      },
    }),
  ),
  {
    id: "5.failure.midway-stream",
    needs: ["trigger:failMidway", "trigger:echo"],
    title: `An answer that breaks off gets its completing chunk, then: "${SYSTEM_MESSAGES.brokeOff}"`,
    async run(context) {
      const { socket } = await context.joined({ streaming_enabled: true });
      const { between, error } = await fail(socket, trigger(context.profile, "failMidway"));
      same(error.event.payload.message, SYSTEM_MESSAGES.brokeOff, "the error");
      const chunks = between.filter(({ event }) => isAgentText(event));
      same(chunks.at(-1)?.event.payload.is_complete, true, "is_complete of the last chunk before the error");
      await ask(socket, "and now?");
    },
  },
  {
    id: "5.failure.midway-message",
    needs: ["trigger:failMidway", "trigger:echo"],
    title: `Without streaming, an answer that breaks off is dropped: "${SYSTEM_MESSAGES.brokeOff}" alone`,
    async run(context) {
      const { socket } = await context.joined();
      const { between, error } = await fail(socket, trigger(context.profile, "failMidway"));
      same(error.event.payload.message, SYSTEM_MESSAGES.brokeOff, "the error");
      ensure(!between.some(({ event }) => isAgentText(event)), "no part of the answer", typesOf(between));
      await ask(socket, "and now?");
    },
  },
];
