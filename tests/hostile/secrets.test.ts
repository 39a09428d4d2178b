import { EVENT } from "@parley/protocol";
import { expect, it } from "vitest";
import { useCleanUp } from "../support/clean-up.ts";
import { closing, event, frame, OPCODE, RawWebSocket, text, upgradeRequest } from "./frames.ts";
import { MALFORMED, PATHS, SMUGGLING } from "./http-shapes.ts";
import { exchange, RawSocket, request } from "./raw.ts";
import { CONNECTORS, CONTEXT_KEY, OPERATOR_KEY, SIGNING_SECRET } from "./secrets.ts";
import { Target } from "./target.ts";
import { forgeries, jwt } from "./tokens.ts";

const cleanUp = useCleanUp();

it("no token, secret or word of a conversation appears in what the program prints, or in an answer to somebody else", async () => {
  const target = cleanUp().use(await Target.start({ PARLEY_LOG: "trace" }));
  const secrets = new Set([
    SIGNING_SECRET,
    OPERATOR_KEY,
    CONTEXT_KEY.secret,
    ...CONNECTORS.map(({ token }) => token),
  ]);
  const secret = (value: string): string => {
    secrets.add(value);
    return value;
  };
  /** What the server said to those who had no right to hear anything. */
  let answers = "";
  const attack = async (bytes: string | Buffer) => {
    using raw = await RawSocket.open(target.url);
    raw.write(bytes);
    await raw.until(() => raw.ended || raw.received.includes("\r\n\r\n"), "an answer");
    answers += raw.received.toString();
  };

  const chat = await target.chat({ attributes: { note: secret("an-attribute-of-the-session") } });
  cleanUp().defer(() => chat.drop());
  secret(chat.accessToken);
  secret(chat.resumeToken);
  await chat.connect();
  await chat.join();
  chat.say(secret("a-text-that-was-said"), { local_id: secret("a-key-of-a-message") });
  await chat.until(() => chat.messages.length === 2, "the answer");

  for (const { bytes } of [...SMUGGLING, ...MALFORMED, ...PATHS]) await attack(bytes);
  for (const [, forged] of forgeries(chat.accessToken)) {
    if (forged.length > 20) secret(forged);
    await attack(request("POST", "/api/v1/sessions", { Authorization: `Bearer ${forged}` }));
    await attack(upgradeRequest({ sessionId: chat.sessionId, accessToken: encodeURIComponent(forged) }));
  }

  // In a URL, where it may be wrong, cut off, or on another path.
  const token = chat.accessToken;
  for (const target of [
    `/ws?access_token=${token}`,
    `/ws?session_id=unknown&access_token=${token}&cursor=${secret("a-cursor-that-is-none")}`,
    `/wss?session_id=${chat.sessionId}&access_token=${token}`,
    `/health?access_token=${token}`,
    `/api/v1/sessions?access_token=${token}`,
    `/api/v1/sessions/${token}/events`,
    `/api/v1/sessions/${token}/context`,
    `/${token}`,
    `/ws?access_token=${token}&x=${"a".repeat(20_000)}`,
  ]) {
    await attack(request("GET", target));
    await attack(request("POST", target));
    const upgrade = upgradeRequest(chat).replace(/GET \S+/, `GET ${target}`);
    await attack(upgrade);
    await attack(upgrade.replace("Host: localhost", `Host: ${token} x`));
  }
  const bearer = { Authorization: `Bearer ${token}` };
  const wrongBody = `{"token": "${secret("a-token-in-a-body-that-breaks-off")}`;
  const length = { "Content-Length": `${wrongBody.length}` };
  await attack(request("POST", "/api/v1/sessions", { ...bearer, ...length }, wrongBody));
  const context = `/api/v1/sessions/${chat.sessionId}/context`;
  await attack(request("POST", context, { ...bearer, ...length }, wrongBody));
  for (const claims of [{}, { sub: "x" }, { ctx: { name: secret("a-verified-name") } }]) {
    const body = JSON.stringify({
      token: secret(jwt({ alg: "HS256", kid: "key-1" }, claims, CONTEXT_KEY.secret)),
    });
    await attack(request("POST", context, { ...bearer, "Content-Length": `${body.length}` }, body));
  }
  const hosts = { "X-Token": secret("a-token-that-nobody-has"), "X-Host": "localhost" };
  await attack(request("POST", "/api/v1/access-token", hosts));
  const resume = `${chat.sessionId}.${secret("a-resume-token-that-is-wrong")}`;
  await attack(
    request("POST", "/api/v1/access-token", { ...hosts, "X-Token": target.token, "X-Resume": resume }),
  );
  await attack(
    request("GET", "/api/v1/sessions", {
      Authorization: `Bearer ${secret("an-operator-key-that-is-wrong")}`,
    }),
  );
  await exchange(
    target.url,
    request("GET", `/api/v1/sessions/${chat.sessionId}/events`, { Authorization: `Bearer ${OPERATOR_KEY}` }),
  );

  // On a socket.
  const custom = { note: secret("metadata-of-a-frame") };
  const bad = [
    text(secret("a-frame-that-is-no-json")),
    event(EVENT.SESSION_END, {}, custom),
    event(EVENT.USER_MESSAGE, { text: 1, note: secret("a-payload-that-is-wrong") }, custom),
    event(EVENT.USER_MESSAGE, { text: secret("another-text") }, { local_id: "a-key-of-a-message" }),
    frame({ opcode: OPCODE.close, payload: closing(1000, secret("a-reason-to-close")) }),
    frame({ opcode: 3, payload: secret("a-frame-of-no-kind") }),
    frame({ payload: Buffer.concat([Buffer.from(secret("a-text-that-is-no-utf-8")), Buffer.of(0xff)]) }),
  ];
  for (const bytes of bad) {
    using ws = await RawWebSocket.open(target.url, chat, secret("another-cursor-that-is-none"));
    ws.write(bytes);
    await ws.until(() => ws.raw.ended || ws.closeCode !== null || ws.complaints.length > 0, "something");
  }

  expect(await target.program.end("SIGTERM")).toBe(0);
  const { output } = target.program;
  expect(output, "the log is at work").toContain("cursor was not a sequence");
  const found = (where: string) => [...secrets].filter((one) => where.includes(one));
  expect(found(output)).toEqual([]);
  expect(found(answers)).toEqual([]);
});
