import manifest from "../../package.json" with { type: "json" };

/** The version of the protocol's package, for the documents. */
export const VERSION: string = manifest.version;
