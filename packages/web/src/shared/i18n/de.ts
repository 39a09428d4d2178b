import type { Catalogue } from "./en.ts";

export const de: Catalogue = {
  title: "Chat",
  assistant: "Assistent",
  you: "Sie",

  openChat: "Chat öffnen",
  closeChat: "Chat schließen",
  unread: "Ungelesene Nachrichten: {count}",
  newMessage: "Neue Nachricht",

  conversation: "Unterhaltung",
  menu: "Weitere Optionen",
  newChat: "Neuen Chat beginnen",
  endChat: "Diesen Chat beenden",
  download: "Unterhaltung herunterladen",
  soundOn: "Ton einschalten",
  soundOff: "Ton ausschalten",
  close: "Schließen",
  cancel: "Abbrechen",

  confirmNew: "Neuen Chat beginnen? Dieser wird beendet.",
  confirmEnd: "Diesen Chat beenden?",

  message: "Nachricht",
  placeholder: "Nachricht schreiben …",
  send: "Senden",
  tooLong: "Diese Nachricht ist zu lang.",
  suggestions: "Vorgeschlagene Antworten",
  toNewest: "Zur neuesten Nachricht",

  sending: "Wird gesendet …",
  sent: "Gesendet",
  notSent: "Nicht gesendet",
  retry: "Erneut versuchen",
  typing: "{name} schreibt",

  open: "Öffnen",
  openPicture: "Bild öffnen",
  newTab: "öffnet sich in einem neuen Tab",
  call: "{number} anrufen",

  joined: "{name} ist dabei",
  left: "{name} hat den Chat verlassen",
  handingOver: "Wir suchen jemanden, der Ihnen hilft",
  waiting: "Warten auf eine Person",
  queue: "Sie sind Nummer {position} in der Warteschlange",
  wait: "etwa {minutes} Min.",
  handoffFailed: "Niemand konnte übernehmen",
  handoffTimeout: "Niemand war rechtzeitig frei",
  goesOnElsewhere: "Diese Unterhaltung geht an anderer Stelle weiter",
  bringBack: "Hier weitermachen",
  language: "Sprache: {language}",

  endedByYou: "Sie haben den Chat beendet",
  ended: "Der Chat ist beendet",
  endedIdle: "Der Chat wurde nach langer Stille beendet",

  connecting: "Verbinden …",
  reconnecting: "Verbindung verloren. Wird wiederhergestellt …",
  unreachable: "Der Chat ist gerade nicht erreichbar.",
  refused: "Der Chat ist auf dieser Seite nicht verfügbar.",
  gone: "Diese Unterhaltung ist vorbei.",

  consentTitle: "Bevor es losgeht",
  consentButton: "Zustimmen und beginnen",

  busy: "Gerade ist viel los. Bitte versuchen Sie es gleich noch einmal.",
  trouble: "Leider kann ich gerade nicht antworten. Bitte versuchen Sie es noch einmal.",
  broken: "Leider ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal.",
  noStart: "Die Unterhaltung kann gerade nicht beginnen. Bitte versuchen Sie es später noch einmal.",
  noPerson: "Wir konnten Sie leider mit niemandem verbinden. Bitte versuchen Sie es noch einmal.",
  notForwarded: "Ihre Nachricht konnte nicht weitergegeben werden.",
};
