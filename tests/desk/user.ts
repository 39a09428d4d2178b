import { EVENT } from "@parley/protocol";
import { Chat } from "../support/chat.ts";

/** A user who has been greeted and asks for a person; is gone with the test. */
export async function userWhoAsks(test: AsyncDisposableStack, url: string, body?: object): Promise<Chat> {
  const user = await Chat.create(url, body);
  test.defer(() => user.drop());
  await user.connect();
  await user.join();
  user.say("human");
  await user.until(() => user.of(EVENT.POLY_AGENT_TRIGGERED_HANDOFF).length === 1, "the handoff");
  return user;
}
