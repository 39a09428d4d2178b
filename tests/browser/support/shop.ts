import {
  attach,
  call,
  end,
  functionAgent,
  handoff,
  language,
  reply,
  type Said,
  suggest,
  type Turn,
} from "@parley/server";

/** Signs the context of the connector `known`. */
export const CONTEXT_SECRET = "a secret between the shop and its server";

/** Reads sessions, as an operator. */
export const OPERATOR_KEY = "the-key-of-the-tests-of-the-shop";

const GREETINGS: Record<string, [greeting: string, ...replies: string[]]> = {
  en: [
    "Good morning! I’m **Mira**, from the Corner Shop. What can I get you?",
    "What is fresh today?",
    "When are you open?",
    "Call the shop",
  ],
  de: ["Guten Morgen! Ich bin **Mira** vom Laden an der Ecke. Was darf es sein?", "Was ist heute frisch?"],
  ja: [
    "おはようございます！角のお店の**ミラ**です。何をお探しですか？",
    "今日のおすすめは？",
    "営業時間は？",
  ],
  ar: ["صباح الخير! أنا **ميرا** من متجر الزاوية. كيف يمكنني مساعدتك؟", "ما الطازج اليوم؟", "متى تفتحون؟"],
};

const FRESH = `Straight from the oven this morning:

| Bread | Weight | Price |
|---|---|---:|
| Sourdough | 750 g | 4.20 |
| Rye with caraway | 1 kg | 5.10 |
| Olive focaccia | 400 g | 3.80 |

The **sourdough** goes quickly. Order before *nine* and it is [yours](https://shop.example/order).`;

const FRESH_ARABIC = `خرج من الفرن هذا الصباح:

- **خبز العجين المخمّر** 750 غ
- خبز الجاودار بالكراوية
- فوكاتشا بالزيتون

اطلب قبل *التاسعة* وسنحتفظ به لك. رقم الطلب: \`A-42\``;

const CODE = `Of course. Two lines are enough:

\`\`\`html
<script src="https://chat.example.com/widget/your-token.js" async></script>
\`\`\`

1. Put it before \`</body>\`.
2. Reload the page.

> Nothing else on the page changes.`;

/** An answer that somebody holds back, and lets go. */
export class Gate {
  #wait = Promise.withResolvers<void>();
  get opened(): Promise<void> {
    return this.#wait.promise;
  }
  open(): void {
    this.#wait.resolve();
    this.#wait = Promise.withResolvers();
  }
}

/**
 * The agent of the tests' shop.
 * @param pictures where its pictures are @param gate holds back the middle of the answer to `slowly`
 */
export const shopAgent = (pictures: string, gate: Gate) =>
  functionAgent({
    name: "Mira",
    avatarUrl: `${pictures}/mira.svg`,
    async *respond(turn) {
      const locale = turn.session.locale?.slice(0, 2) ?? "en";
      const [greeting = "", ...replies] = GREETINGS[locale] ?? (GREETINGS.en as [string]);
      if (turn.reason === "greeting") yield [greeting, suggest(...replies)];
      if (turn.reason === "returned") yield "Nobody is free just now, so I am back. How can I help?";
      for (const { text } of turn.messages) {
        if (text.includes("slowly")) {
          yield "One moment, ";
          await gate.opened;
          yield "here it is.";
        } else yield answer(text, pictures, turn);
      }
    },
  });

function answer(text: string, pictures: string, turn: Turn): Said {
  const cards = attach(
    {
      title: "Sourdough, 750 g",
      url: "https://shop.example/sourdough",
      picture: `${pictures}/loaf.svg`,
      action: "Reserve one",
    },
    {
      title: "Olive focaccia",
      url: "https://shop.example/focaccia",
      picture: `${pictures}/flat.svg`,
      action: "Reserve one",
    },
  );
  if (/طازج/.test(text)) return reply(FRESH_ARABIC, suggest("شكرًا", "اتصلوا بي"));
  if (/fresh/i.test(text)) return reply(FRESH, cards, suggest("Reserve a sourdough", "Call the shop"));
  if (/call/i.test(text))
    return reply("Somebody is at the counter until eight.", call("The Corner Shop", "+44 20 7946 0958"));
  if (/code/i.test(text)) return reply(CODE);
  if (/picture/i.test(text))
    return reply("Our window:", attach({ title: "The window", url: `${pictures}/loaf.svg`, type: "image" }));
  if (/deutsch/i.test(text)) return [language("de-DE"), reply("Gern auf Deutsch. Was darf es sein?")];
  if (/person/i.test(text)) return handoff({ reason: "asked for", queue: "counter" });
  if (/bye/i.test(text)) return [reply("Thank you, and until tomorrow!"), end()];
  if (/fail/i.test(text)) throw new Error("the shop's agent fails when it is asked to");
  if (/who am i/i.test(text)) {
    return reply(`\`${JSON.stringify({ attributes: turn.session.attributes, context: turn.context })}\``);
  }
  return reply(`You said: ${text}`);
}

/** The server's configuration: a connector for each thing that can be set. */
export const shopConfig = (pictures: string, gate: Gate) => {
  const agent = shopAgent(pictures, gate);
  const hosts = ["localhost", "127.0.0.1"];
  return {
    log: "warn",
    operators: [{ id: "tests", key: OPERATOR_KEY, scopes: ["sessions:read" as const] }],
    connectors: [
      { id: "demo", token: "demo", hosts, agent, widget: { subtitle: "Usually answers at once" } },
      {
        id: "consent",
        token: "consent",
        hosts,
        agent,
        widget: {
          title: "The Corner Shop",
          color: "#d94f04",
          position: "left",
          disclaimer: {
            version: "2026-11",
            text: {
              "*": "Mira is an **AI assistant**. What you write is kept for 30 days so that we can help you.\n\nPlease do not send card numbers. Read our [privacy notice](https://shop.example/privacy) and the [terms of use](https://shop.example/terms).",
            },
          },
          texts: { en: { placeholder: "Ask the shop…" } },
        },
      },
      {
        id: "known",
        token: "known",
        hosts,
        agent,
        contextKeys: [{ kid: "shop", secret: CONTEXT_SECRET }],
      },
      { id: "elsewhere", token: "elsewhere", hosts: ["shop.example", "127.0.0.1"], agent },
    ],
  };
};

const svg = (body: string, box = "0 0 160 90") =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}">${body}</svg>`;

/** The shop's pictures, by path. */
export const PICTURES: Readonly<Record<string, string>> = {
  "/mira.svg": svg(
    '<rect width="40" height="40" fill="#f3c9a5"/><path d="M4 40c1-10 8-14 16-14s15 4 16 14z" fill="#2f6f62"/><circle cx="20" cy="17" r="9" fill="#8a5a3c"/><path d="M10 17c-1-9 5-13 10-13s12 4 10 14c-1-5-4-7-6-8-4 3-10 3-14 7z" fill="#2b1b14"/>',
    "0 0 40 40",
  ),
  "/loaf.svg": svg(
    '<rect width="160" height="90" fill="#f6e3c5"/><ellipse cx="80" cy="74" rx="62" ry="8" fill="#e2c79d"/><path d="M26 66c-6-26 22-42 54-42s60 16 54 42c-2 8-106 8-108 0z" fill="#b8732f"/><path d="M32 62c-3-20 20-33 48-33s51 13 48 33" fill="#d69a55"/><path d="M58 36l10 20M80 33v24M102 36L92 56" stroke="#fbeed6" stroke-width="5" stroke-linecap="round"/>',
  ),
  "/flat.svg": svg(
    '<rect width="160" height="90" fill="#dfe8d8"/><rect x="24" y="20" width="112" height="52" rx="18" fill="#d9a45a"/><rect x="30" y="25" width="100" height="42" rx="14" fill="#edc27c"/><g fill="#3f5a2c"><circle cx="52" cy="38" r="5"/><circle cx="78" cy="52" r="5"/><circle cx="104" cy="37" r="5"/><circle cx="116" cy="54" r="4"/><circle cx="46" cy="56" r="4"/></g><g stroke="#7a9a5a" stroke-width="2" stroke-linecap="round"><path d="M64 34l6 6M90 44l7-4M70 60l-7 2M96 58l6 4"/></g>',
  ),
};
