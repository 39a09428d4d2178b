/** Every secret of the attacked program. Each is a word of its own, so that it is found wherever it leaks to. */
export const SIGNING_SECRET = "the-signing-secret-0123456789-abcdefghij";
export const OPERATOR_KEY = "operator-key-0123456789-abcdefghijklmnop";
export const CONTEXT_KEY = { kid: "key-1", secret: "context-secret-0123456789-abcdefghijklm" };

/** The rate of the handshake holds for a connector and address: several let one address make many sessions. */
export const CONNECTORS = Array.from({ length: 8 }, (_, i) => ({
  id: `site-${i}`,
  token: `connector-token-${i}-0123456789`,
}));
