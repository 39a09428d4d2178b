import type { Catalogue } from "./en.ts";

export const pt: Catalogue = {
  title: "Chat",
  assistant: "Assistente",
  you: "Você",

  openChat: "Abrir o chat",
  closeChat: "Fechar o chat",
  unread: "Mensagens não lidas: {count}",
  newMessage: "Nova mensagem",

  conversation: "Conversa",
  menu: "Mais opções",
  newChat: "Iniciar um novo chat",
  endChat: "Encerrar este chat",
  download: "Baixar a conversa",
  soundOn: "Ativar o som",
  soundOff: "Desativar o som",
  close: "Fechar",
  cancel: "Cancelar",

  confirmNew: "Iniciar um novo chat? Este será encerrado.",
  confirmEnd: "Encerrar este chat?",

  message: "Mensagem",
  placeholder: "Escreva uma mensagem…",
  send: "Enviar",
  tooLong: "Esta mensagem é longa demais.",
  suggestions: "Respostas sugeridas",
  toNewest: "Ir para a mensagem mais recente",

  sending: "Enviando…",
  sent: "Enviada",
  notSent: "Não enviada",
  retry: "Tentar de novo",
  typing: "{name} está digitando",

  open: "Abrir",
  openPicture: "Abrir a imagem",
  newTab: "abre em uma nova aba",
  call: "Ligar para {number}",

  joined: "{name} entrou",
  left: "{name} saiu",
  handingOver: "Procurando uma pessoa para ajudar você",
  waiting: "Aguardando uma pessoa",
  queue: "Você é o número {position} na fila",
  wait: "cerca de {minutes} min",
  handoffFailed: "Ninguém pôde assumir",
  handoffTimeout: "Ninguém ficou livre a tempo",
  goesOnElsewhere: "Esta conversa continua em outro lugar",
  bringBack: "Continuar aqui",
  language: "Idioma: {language}",

  endedByYou: "Você encerrou o chat",
  ended: "O chat foi encerrado",
  endedIdle: "O chat foi encerrado após um longo silêncio",

  connecting: "Conectando…",
  reconnecting: "Conexão perdida. Reconectando…",
  unreachable: "O chat não está acessível no momento.",
  refused: "O chat não está disponível nesta página.",
  gone: "Esta conversa terminou.",

  consentTitle: "Antes de começar",
  consentButton: "Concordar e começar",

  busy: "Há muita procura no momento. Tente novamente em instantes.",
  trouble: "Desculpe, não consigo responder agora. Tente novamente.",
  broken: "Desculpe, algo deu errado. Tente novamente.",
  noStart: "Desculpe, a conversa não pode começar agora. Tente mais tarde.",
  noPerson: "Desculpe, não conseguimos conectar você a ninguém. Tente novamente.",
  notForwarded: "Sua mensagem não pôde ser encaminhada.",
};
