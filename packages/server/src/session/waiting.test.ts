import { EVENT, SYSTEM_MESSAGES, TYPING_STATE } from "@parley/protocol";
import { expect, it } from "vitest";
import { House } from "../testing/house.ts";

const heartbeat = { type: EVENT.HEARTBEAT, payload: {} } as const;
const message = { type: EVENT.USER_MESSAGE, payload: { text: "hi" } } as const;

it("what waits for the disk is said to wait, and to be over when it is on it", async () => {
  const house = new House();
  const { session, reader } = await house.connect(await house.create());
  expect(session.receive(reader, heartbeat), "nothing is under way").toBeNull();

  house.journal.hold();
  const over: string[] = [];
  for (const [name, waits] of Object.entries({
    message: session.receive(reader, message),
    heartbeat: session.receive(reader, heartbeat),
    refusal: session.refuse(reader, { message: SYSTEM_MESSAGES.unknownEvent }),
  })) {
    expect(waits, name).not.toBeNull();
    void waits?.then(() => over.push(name));
  }
  expect(
    session.receive(reader, { type: EVENT.USER_TYPING, payload: { state: TYPING_STATE.started } }),
  ).toBeNull();
  await house.settle();
  expect(over).toEqual([]);
  house.journal.release();
  await house.settle();
  expect(over.toSorted()).toEqual(["heartbeat", "message", "refusal"]);
});

it("is over as well where the disk fails", async () => {
  const house = new House();
  const { session, reader } = await house.connect(await house.create());
  house.journal.fail();
  await expect(session.receive(reader, message)).rejects.toMatchObject({ code: "disk_full" });
  expect(session.receive(reader, message), "the session is not in memory any more").toBeNull();
});

it("is over as well where what follows on the commit fails, and the session is loaded again", async () => {
  const house = new House();
  const { session, socket, reader } = await house.connect(await house.create());
  socket.send = () => {
    throw new Error("a fault of ours");
  };
  await expect(session.receive(reader, message)).rejects.toThrow("a fault of ours");
  expect(session.receive(reader, message), "the session is not in memory any more").toBeNull();
  const again = await house.connect(session.info.id);
  expect(again.session).not.toBe(session);
  expect(again.session.committed).toBe(session.committed);
});
