import { readFileSync } from "node:fs";
import type { Ajv, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

/** Their types say nothing of a default export under `nodenext`, where it is the function itself. */
const withFormats = addFormats as unknown as (ajv: Ajv) => Ajv;

/** A file of docs/schemas, as an integrator reads it. */
export const description = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../docs/schemas/${name}`, import.meta.url), "utf8"));

/** The place within a document that is reached by these keys, as a JSON pointer in a URL [RFC 6901, section 6]. */
export const pointer = (...keys: string[]): string =>
  `#/${keys.map((key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;

/** Where OpenAPI says what the answer of an operation with a status is. */
export const schemaOfAnswer = (path: string, method: string, status: number): string =>
  pointer("paths", path, method, "responses", `${status}`, "content", "application/json", "schema");

/** Judges values by a description. */
export class Judge {
  readonly #ajv: Ajv;
  readonly #id: string;

  constructor(name: string) {
    this.#ajv = withFormats(new Ajv2020({ strict: false, allErrors: false }));
    this.#id = name;
    this.#ajv.addSchema(description(name), name);
  }

  /** @param pointer to the schema within the document; none is the whole. @returns what is wrong, or null */
  problem(value: unknown, pointer = ""): string | null {
    const valid = this.#ajv.getSchema(`${this.#id}${pointer}`) as ValidateFunction | undefined;
    if (valid === undefined) throw new Error(`${this.#id} has no ${pointer}`);
    return valid(value) ? null : this.#ajv.errorsText(valid.errors);
  }
}
