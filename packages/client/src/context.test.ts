import { expect, it, vi } from "vitest";
import { sendContext } from "./context.ts";

const options = { url: "https://p.example/chat", sessionId: "s", accessToken: "at", token: "jwt" };

it("hands a context token to the server, which has nothing to say to that", async () => {
  const send = vi.fn<typeof fetch>(async () => new Response(null, { status: 204 }));
  await sendContext({ ...options, fetch: send });
  expect(send).toHaveBeenCalledWith(
    "https://p.example/chat/api/v1/sessions/s/context",
    expect.objectContaining({
      method: "POST",
      body: '{"token":"jwt"}',
      headers: expect.objectContaining({ Authorization: "Bearer at" }),
    }),
  );
});

it.each([
  [
    401,
    { message: "the signature does not fit" },
    { code: "unauthorized", message: "the signature does not fit" },
  ],
  [400, { message: "iat is too old" }, { code: "bad_request", message: "iat is too old" }],
  [503, {}, { code: "unavailable", retryable: true }],
])("says why it is refused: %i", async (status, body, error) => {
  const send: typeof fetch = async () => Response.json(body, { status });
  await expect(sendContext({ ...options, fetch: send })).rejects.toMatchObject(error);
});
