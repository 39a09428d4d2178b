import type { Check } from "../check.ts";
import { accessToken } from "./access-token.ts";
import { answers } from "./answers.ts";
import { audits } from "./audits.ts";
import { beforeJoining } from "./before-joining.ts";
import { verifiedContext } from "./context.ts";
import { cors } from "./cors.ts";
import { cursors } from "./cursors.ts";
import { ending } from "./ending.ts";
import { envelope } from "./envelope.ts";
import { errors } from "./errors.ts";
import { handoff } from "./handoff.ts";
import { hosts } from "./hosts.ts";
import { http } from "./http.ts";
import { idempotency } from "./idempotency.ts";
import { idleness } from "./idleness.ts";
import { joining } from "./joining.ts";
import { messages } from "./messages.ts";
import { people } from "./people.ts";
import { peopleLeaving } from "./people-leaving.ts";
import { peopleTyping } from "./people-typing.ts";
import { peopleWaiting } from "./people-waiting.ts";
import { rates } from "./rates.ts";
import { refusals } from "./refusals.ts";
import { pauses, replay } from "./replay.ts";
import { replayViews } from "./replay-views.ts";
import { resume } from "./resume.ts";
import { sessionRetry } from "./session-retry.ts";
import { sessions } from "./sessions.ts";
import { sockets } from "./sockets.ts";
import { streaming } from "./streaming.ts";
import { messageTexts } from "./texts.ts";
import { upgrade } from "./upgrade.ts";

/** Every check, in the order of the protocol's sections. */
export const checks: readonly Check[] = [
  ...http,
  ...cors,
  ...accessToken,
  ...hosts,
  ...resume,
  ...sessions,
  ...sessionRetry,
  ...upgrade,
  ...cursors,
  ...refusals,
  ...sockets,
  ...envelope,
  ...joining,
  ...messages,
  ...messageTexts,
  ...beforeJoining,
  ...idempotency,
  ...errors,
  ...rates,
  ...answers,
  ...streaming,
  ...replay,
  ...pauses,
  ...replayViews,
  ...handoff,
  ...peopleWaiting,
  ...people,
  ...peopleTyping,
  ...peopleLeaving,
  ...ending,
  ...idleness,
  ...verifiedContext,
  ...audits,
];
