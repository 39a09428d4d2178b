import { announce, announceEvent } from "./announcer.ts";
import { Composer } from "./composer.ts";
import { beforePaint, byId } from "./dom.ts";
import { follow } from "./follow.ts";
import { setUpMenus, setUpTabs } from "./frame.ts";
import { renderHeader } from "./header.ts";
import { Inspector } from "./inspector.ts";
import { ADA, fillInstructions, fillTries } from "./instructions.ts";
import { renderChips, renderDots } from "./live.ts";
import { renderStatus } from "./status.ts";
import { Talk, TOKEN } from "./talk.ts";
import { Transcript } from "./transcript.ts";
import { TurnsPanel } from "./turns.ts";
import { Wire } from "./wire.ts";

/** The rhythm in which the banner counts down, milliseconds. */
const COUNTDOWN = 500;

const renderSoon = beforePaint(render);
const wire = new Wire(renderSoon);
const inspector = new Inspector(wire);
/** Whether the loss of the connection was read out. */
let isLost = false;

const talk = new Talk(inspector, {
  changed: renderSoon,
  heard(event, isOld) {
    if (!isOld) announceEvent(event, talk.shown);
  },
  opened() {
    if (isLost) announce("Connected again.");
    isLost = false;
  },
  dropped(code) {
    if (code === null) wire.dropped("no sign of life");
    if (!isLost) announce("Connection lost. Reconnecting.");
    isLost = true;
  },
});

const chat = () => talk.chat;
const transcript = new Transcript(chat);
const composer = new Composer(chat, say);
const toEndOfTalk = follow(byId("talk-scroller"), byId("talk"), byId("talk-jump"));
follow(byId("wire-scroller"), byId("rows"), byId("wire-jump"));
const streaming = byId<HTMLInputElement>("streaming");

function say(text: string): void {
  chat().send(text);
  toEndOfTalk();
}

function render(): void {
  const { shown } = talk;
  renderStatus(shown);
  renderHeader(shown, streaming.checked, inspector.isOpen);
  transcript.render(shown);
  renderDots(shown);
  renderChips(shown, (text, byKeyboard) => {
    say(text);
    // The chip is gone now: the keyboard goes on in the field. A tap must not bring up a phone's keyboard.
    if (byKeyboard) composer.focus();
  });
  composer.render(shown);
  byId("try").hidden = shown.agent?.name !== ADA;
  wire.render();
}

function renew(): void {
  isLost = false;
  talk.renew();
  composer.focus({ preventScroll: true });
}

streaming.checked = talk.remembered.isStreaming;
streaming.addEventListener("change", () => {
  talk.remembered.isStreaming = streaming.checked;
  renderSoon();
});
byId("end").addEventListener("click", () => chat().end());
byId("new").addEventListener("click", renew);
byId("again").addEventListener("click", renew);
byId("banner-action").addEventListener("click", () => chat().retry());
byId("drop").addEventListener("click", () => {
  wire.dropped("by the button");
  inspector.drop();
});
new TurnsPanel(() => chat().getSnapshot().sessionId);
setUpTabs();
setUpMenus();
fillInstructions(TOKEN);
fillTries((text) => {
  say(text);
  composer.focus();
});
setInterval(() => chat().connection.status.retryAt !== null && renderSoon(), COUNTDOWN);

render();
chat().start();
if (matchMedia("(pointer: fine)").matches) composer.focus();
