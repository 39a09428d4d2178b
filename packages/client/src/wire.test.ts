import type * as Protocol from "@parley/protocol";
import { expectTypeOf, it } from "vitest";
import type * as Wire from "./wire.ts";

it("knows the server's events as the protocol has them", () => {
  expectTypeOf<Wire.ServerEventType>().toEqualTypeOf<Protocol.SingleEventType>();
  expectTypeOf<Wire.Payloads>().toExtend<Protocol.Payloads>();
  expectTypeOf<Protocol.Payloads>().toExtend<Wire.Payloads>();
});

it("knows what a client may send as the protocol has it", () => {
  expectTypeOf<Wire.ClientEventType>().toEqualTypeOf<Protocol.ClientEventType>();
  expectTypeOf<Wire.ClientPayloads["EVENT_TYPE_USER_MESSAGE"]>().toEqualTypeOf<{ text: string }>();
  expectTypeOf<Wire.EndReason>().toEqualTypeOf<Protocol.EndReason>();
});
