import type { Catalogue } from "./en.ts";

export const fr: Catalogue = {
  title: "Discussion",
  assistant: "Assistant",
  you: "Vous",

  openChat: "Ouvrir la discussion",
  closeChat: "Fermer la discussion",
  unread: "Messages non lus : {count}",
  newMessage: "Nouveau message",

  conversation: "Conversation",
  menu: "Plus d’options",
  newChat: "Commencer une nouvelle discussion",
  endChat: "Terminer cette discussion",
  download: "Télécharger la conversation",
  soundOn: "Activer le son",
  soundOff: "Couper le son",
  close: "Fermer",
  cancel: "Annuler",

  confirmNew: "Commencer une nouvelle discussion ? Celle-ci sera terminée.",
  confirmEnd: "Terminer cette discussion ?",

  message: "Message",
  placeholder: "Écrivez un message…",
  send: "Envoyer",
  tooLong: "Ce message est trop long.",
  suggestions: "Réponses suggérées",
  toNewest: "Aller au message le plus récent",

  sending: "Envoi…",
  sent: "Envoyé",
  notSent: "Non envoyé",
  retry: "Réessayer",
  typing: "{name} écrit",

  open: "Ouvrir",
  openPicture: "Ouvrir l’image",
  newTab: "s’ouvre dans un nouvel onglet",
  call: "Appeler le {number}",

  joined: "{name} a rejoint la discussion",
  left: "{name} a quitté la discussion",
  handingOver: "Nous cherchons quelqu’un pour vous aider",
  waiting: "En attente d’une personne",
  queue: "Vous êtes numéro {position} dans la file d’attente",
  wait: "environ {minutes} min",
  handoffFailed: "Personne n’a pu prendre le relais",
  handoffTimeout: "Personne n’était disponible à temps",
  goesOnElsewhere: "Cette conversation se poursuit ailleurs",
  bringBack: "Continuer ici",
  language: "Langue : {language}",

  endedByYou: "Vous avez terminé la discussion",
  ended: "La discussion est terminée",
  endedIdle: "La discussion s’est terminée après un long silence",

  connecting: "Connexion…",
  reconnecting: "Connexion perdue. Reconnexion…",
  unreachable: "La discussion est injoignable pour le moment.",
  refused: "La discussion n’est pas disponible sur cette page.",
  gone: "Cette conversation est terminée.",

  consentTitle: "Avant de commencer",
  consentButton: "Accepter et commencer",

  busy: "Il y a beaucoup de demandes en ce moment. Réessayez dans un instant.",
  trouble: "Désolé, je ne peux pas répondre pour le moment. Veuillez réessayer.",
  broken: "Désolé, une erreur est survenue. Veuillez réessayer.",
  noStart: "Désolé, la conversation ne peut pas commencer pour le moment. Réessayez plus tard.",
  noPerson: "Désolé, nous n’avons pu vous mettre en relation avec personne. Veuillez réessayer.",
  notForwarded: "Votre message n’a pas pu être transmis.",
};
