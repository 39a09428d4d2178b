import { readdir, readFile } from "node:fs/promises";
import { schemas as asyncApiSchemas } from "@asyncapi/specs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { CLIENT_EVENT_TYPES, EVENT } from "../event-types.ts";
import { asyncApi } from "./asyncapi.ts";
import { documents, print, SCHEMAS_FOLDER } from "./documents.ts";
import { shortName } from "./event-schemas.ts";
import { clientEvents, serverEvents } from "./json-schema.ts";
import { openApi } from "./openapi.ts";
import { openApiOfHandoffs } from "./openapi-handoffs.ts";

/** Their types say nothing of a default export under `nodenext`, where it is the function itself. */
const withFormats = addFormats as unknown as (ajv: Ajv) => Ajv;

describe("the descriptions in docs/schemas", () => {
  it.each(Object.entries(documents))("%s is current (if not: npm run docs)", async (name, make) => {
    expect(await readFile(new URL(name, SCHEMAS_FOLDER), "utf8")).toBe(print(make()));
  });

  it("there is no other", async () => {
    expect((await readdir(SCHEMAS_FOLDER)).toSorted()).toEqual(Object.keys(documents).toSorted());
  });

  it("are JSON Schema 2020-12", () => {
    for (const document of [serverEvents(), clientEvents()]) {
      const ajv = withFormats(new Ajv2020({ strict: true, allowUnionTypes: true }));
      expect(ajv.validateSchema(document), JSON.stringify(ajv.errors)).toBe(true);
      expect(() => ajv.compile(document)).not.toThrow();
    }
  });

  it("are AsyncAPI 3", () => {
    // The schema brings the meta schema that ajv would add.
    const ajv = withFormats(new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false }));
    const valid = ajv.compile(asyncApiSchemas["3.0.0"] as object);
    expect(valid(asyncApi()), JSON.stringify(valid.errors?.slice(0, 5))).toBe(true);
    expect(valid({ ...asyncApi(), info: {} }), "the schema refuses anything at all").toBe(false);
  });

  it("are OpenAPI 3.1", async () => {
    const validate = (document: Record<string, unknown>) => new Validator().validate(document);
    expect(await validate(openApi())).toMatchObject({ valid: true });
    expect(await validate(openApiOfHandoffs())).toMatchObject({ valid: true });
    expect(await validate({ ...openApi(), info: {} })).toMatchObject({ valid: false });
  });

  it.each([
    ["asyncapi.json", asyncApi()],
    ["openapi.json", openApi()],
    ["openapi-handoffs.json", openApiOfHandoffs()],
  ])("every reference in %s leads somewhere", (_, document) => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path = ""]) => path,
    );
    expect(references.length).toBeGreaterThan(0);
    const missing = references.filter((path) => {
      const at = path.split("/").reduce<unknown>((value, key) => {
        return (value as Record<string, unknown> | undefined)?.[key];
      }, document);
      return at === undefined;
    });
    expect(missing).toEqual([]);
  });

  it("have every event", () => {
    const sent = Object.values(EVENT).filter((type) => type !== EVENT.USER_TYPING);
    expect(Object.keys(serverEvents().$defs as object).toSorted()).toEqual(sent.map(shortName).toSorted());
    expect(Object.keys(clientEvents().$defs as object).toSorted()).toEqual(
      CLIENT_EVENT_TYPES.map(shortName).toSorted(),
    );
    const { channels } = asyncApi() as { channels: { session: { messages: object } } };
    expect(Object.keys(channels.session.messages)).toHaveLength(sent.length + CLIENT_EVENT_TYPES.length);
  });
});
