/**
 * Every text that people read, in English: the catalogue the others translate. A name in braces is filled in; a connector
 * may put other words in place of any of these (`widget.texts`).
 */
export const en = {
  title: "Chat",
  assistant: "Assistant",
  you: "You",

  openChat: "Open chat",
  closeChat: "Close chat",
  unread: "Unread messages: {count}",
  newMessage: "New message",

  conversation: "Conversation",
  menu: "More options",
  newChat: "Start a new chat",
  endChat: "End this chat",
  download: "Download the conversation",
  soundOn: "Turn sound on",
  soundOff: "Turn sound off",
  close: "Close",
  cancel: "Cancel",

  confirmNew: "Start a new chat? This one will end.",
  confirmEnd: "End this chat?",

  message: "Message",
  placeholder: "Write a message…",
  send: "Send",
  tooLong: "This message is too long.",
  suggestions: "Suggested replies",
  toNewest: "Jump to the newest message",

  sending: "Sending…",
  sent: "Sent",
  notSent: "Not sent",
  retry: "Try again",
  typing: "{name} is typing",

  open: "Open",
  openPicture: "Open picture",
  newTab: "opens in a new tab",
  call: "Call {number}",

  joined: "{name} joined",
  left: "{name} left",
  handingOver: "Looking for a person to help you",
  waiting: "Waiting for a person",
  queue: "You are number {position} in the queue",
  wait: "about {minutes} min",
  handoffFailed: "Nobody could take over",
  handoffTimeout: "Nobody was free in time",
  goesOnElsewhere: "This conversation goes on elsewhere",
  bringBack: "Go on here",
  language: "Language: {language}",

  endedByYou: "You ended the chat",
  ended: "The chat has ended",
  endedIdle: "The chat ended after a long silence",

  connecting: "Connecting…",
  reconnecting: "Connection lost. Reconnecting…",
  unreachable: "The chat cannot be reached right now.",
  refused: "The chat is not available on this page.",
  gone: "This conversation is over.",

  consentTitle: "Before we start",
  consentButton: "Agree and start",

  busy: "A lot is going on right now. Please try again in a moment.",
  trouble: "Sorry, I cannot answer right now. Please try again.",
  broken: "Sorry, something went wrong. Please try again.",
  noStart: "Sorry, the conversation cannot start right now. Please try again later.",
  noPerson: "Sorry, we could not connect you to a person. Please try again.",
  notForwarded: "Your message could not be passed on.",
};

/** The key of a text. */
export type TextKey = keyof typeof en;

export type Catalogue = Readonly<Record<TextKey, string>>;

/** What a connector says in other words: by language, or `*` for every language, by key. */
export type Overrides = Readonly<Record<string, Partial<Catalogue>>>;
