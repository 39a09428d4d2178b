import type { Catalogue } from "./en.ts";

export const es: Catalogue = {
  title: "Chat",
  assistant: "Asistente",
  you: "Usted",

  openChat: "Abrir el chat",
  closeChat: "Cerrar el chat",
  unread: "Mensajes sin leer: {count}",
  newMessage: "Mensaje nuevo",

  conversation: "Conversación",
  menu: "Más opciones",
  newChat: "Empezar un chat nuevo",
  endChat: "Terminar este chat",
  download: "Descargar la conversación",
  soundOn: "Activar el sonido",
  soundOff: "Silenciar",
  close: "Cerrar",
  cancel: "Cancelar",

  confirmNew: "¿Empezar un chat nuevo? Este terminará.",
  confirmEnd: "¿Terminar este chat?",

  message: "Mensaje",
  placeholder: "Escriba un mensaje…",
  send: "Enviar",
  tooLong: "Este mensaje es demasiado largo.",
  suggestions: "Respuestas sugeridas",
  toNewest: "Ir al mensaje más reciente",

  sending: "Enviando…",
  sent: "Enviado",
  notSent: "No enviado",
  retry: "Reintentar",
  typing: "{name} está escribiendo",

  open: "Abrir",
  openPicture: "Abrir la imagen",
  newTab: "se abre en una pestaña nueva",
  call: "Llamar al {number}",

  joined: "{name} se ha unido",
  left: "{name} ha salido",
  handingOver: "Buscamos a una persona que le ayude",
  waiting: "Esperando a una persona",
  queue: "Es el número {position} en la cola",
  wait: "unos {minutes} min",
  handoffFailed: "Nadie ha podido atenderle",
  handoffTimeout: "Nadie estuvo libre a tiempo",
  goesOnElsewhere: "Esta conversación continúa en otro lugar",
  bringBack: "Continuar aquí",
  language: "Idioma: {language}",

  endedByYou: "Ha terminado el chat",
  ended: "El chat ha terminado",
  endedIdle: "El chat terminó tras un largo silencio",

  connecting: "Conectando…",
  reconnecting: "Conexión perdida. Reconectando…",
  unreachable: "El chat no está disponible en este momento.",
  refused: "El chat no está disponible en esta página.",
  gone: "Esta conversación ha terminado.",

  consentTitle: "Antes de empezar",
  consentButton: "Aceptar y empezar",

  busy: "Hay mucha actividad en este momento. Inténtelo de nuevo en un instante.",
  trouble: "Lo siento, ahora no puedo responder. Inténtelo de nuevo.",
  broken: "Lo siento, algo ha fallado. Inténtelo de nuevo.",
  noStart: "Lo sentimos, la conversación no puede empezar ahora. Inténtelo más tarde.",
  noPerson: "Lo sentimos, no hemos podido ponerle con nadie. Inténtelo de nuevo.",
  notForwarded: "No se ha podido reenviar su mensaje.",
};
