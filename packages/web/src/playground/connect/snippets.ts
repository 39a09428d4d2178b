/** Where a client connects to. */
export interface Target {
  /** The server's origin. */
  readonly origin: string;
  readonly token: string;
  /** What `X-Host` says: a host of the connector. */
  readonly host: string;
}

export interface Snippet {
  readonly id: string;
  readonly title: string;
  /** What has to be known beside the code, in a sentence or two. */
  readonly note: string;
  readonly code: string;
}

/** How each kind of client connects, ready to be copied. */
export function snippetsFor({ origin, token, host }: Target): Snippet[] {
  const socket = origin.replace(/^http/, "ws");
  const port = new URL(origin).port || (origin.startsWith("https") ? "443" : "80");
  return [
    {
      id: "widget",
      title: "Widget",
      note: "One line in any page of a host that the connector names.",
      code: `<script src="${origin}/widget/${token}.js" async></script>`,
    },
    {
      id: "browser",
      title: "Browser client",
      note: "In a browser or in Node. It reconnects, sends again, resumes and assembles.",
      code: `import { Conversation } from "@parley/client";

const chat = new Conversation({
  url: "${origin}",
  connectorToken: "${token}",
  host: "${host}",
});
chat.subscribe(() => console.log(chat.getSnapshot().messages.at(-1)?.text));
chat.start();
chat.send("What is on the menu?");`,
    },
    {
      id: "curl",
      title: "curl",
      note: "The handshake by hand; any WebSocket client does the rest. curl speaks WebSocket from 8.11 on.",
      code: `TOKEN=$(curl -s -X POST ${origin}/api/v1/access-token \\
  -H 'X-Token: ${token}' -H 'X-Host: ${host}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

SESSION=$(curl -s -X POST ${origin}/api/v1/sessions \\
  -H "Authorization: Bearer $TOKEN" -d '{"streaming_enabled": true}' \\
  | sed 's/.*"session_id":"\\([^"]*\\)".*/\\1/')

echo '{"type": "EVENT_TYPE_REQUEST_POLY_AGENT_JOIN", "payload": {}}' \\
  | curl -sN -T . "${socket}/ws?session_id=$SESSION&access_token=$TOKEN"`,
    },
    {
      id: "ios",
      title: "iOS kit",
      note:
        "The simulator shares this machine's localhost. App Transport Security lets plain HTTP through once " +
        "NSAllowsLocalNetworking is set in Info.plist.",
      code: `import PolyMessaging

PolyMessaging.initialize(.init(
    apiKey: "${token}",
    environment: .custom(
        restBaseURL: URL(string: "${origin}/api/v1")!,
        wsBaseURL: URL(string: "${socket}/ws")!
    ),
    hostIdentifier: "${host}"
))`,
    },
    {
      id: "android",
      title: "Android kit",
      note: `First \`adb reverse tcp:${port} tcp:${port}\`: then the device's localhost is this machine, on a cable too. Plain HTTP needs android:usesCleartextTraffic in a debug build.`,
      code: `import java.net.URI

PolyMessaging.initialize(
    context,
    Configuration(
        apiKey = "${token}",
        environment = Environment.custom(
            restBaseUrl = URI("${origin}/api/v1"),
            wsBaseUrl = URI("${socket}/ws"),
        ),
        hostIdentifier = "${host}",
    ),
)`,
    },
    {
      id: "tests",
      title: "Your tests",
      note: "Every fault is one POST, and every frame can be read: docs/testing-your-client.md has a whole test in Playwright.",
      code: `# the newest session's connection is dropped
curl -X POST ${origin}/playground/sessions/latest/faults -d '{"fault": "drop"}'

# all frames of all clients, as they pass
curl -N -H 'Accept: text/event-stream' ${origin}/playground/wire`,
    },
  ];
}
