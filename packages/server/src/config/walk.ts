import { z } from "zod";
import { type KeyInfo, keyInfo } from "./schema/fields.ts";

/** A place in a schema. */
export interface Place {
  /** Without the wrappers that make it optional or give it a default. */
  schema: z.core.$ZodType;
  /** What is known of the key, or of the nearest one around it. */
  info: KeyInfo | undefined;
}

/** The place at a path, or the deepest one on the way to it that exists. */
export function placeAt(root: z.core.$ZodType, path: readonly PropertyKey[]): Place {
  let place: Place = { schema: unwrap(root), info: infoOf(root) };
  for (const step of path) {
    const { schema } = place;
    const next = schema instanceof z.ZodArray ? schema.element : keysOf(schema)[String(step)];
    if (next === undefined) break;
    place = { schema: unwrap(next), info: infoOf(next) ?? place.info };
  }
  return place;
}

/** The keys of an object's schema; none for anything else. */
export const keysOf = (schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> =>
  schema instanceof z.ZodObject ? schema.shape : {};

export const infoOf = (schema: z.core.$ZodType): KeyInfo | undefined => keyInfo.get(schema);

export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const wrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wrapped ? unwrap(schema.unwrap()) : schema;
}
