import type { Catalogue } from "./en.ts";

export const ar: Catalogue = {
  title: "الدردشة",
  assistant: "المساعد",
  you: "أنت",

  openChat: "فتح الدردشة",
  closeChat: "إغلاق الدردشة",
  unread: "الرسائل غير المقروءة: {count}",
  newMessage: "رسالة جديدة",

  conversation: "المحادثة",
  menu: "المزيد من الخيارات",
  newChat: "بدء دردشة جديدة",
  endChat: "إنهاء هذه الدردشة",
  download: "تنزيل المحادثة",
  soundOn: "تشغيل الصوت",
  soundOff: "كتم الصوت",
  close: "إغلاق",
  cancel: "إلغاء",

  confirmNew: "هل تريد بدء دردشة جديدة؟ ستنتهي هذه الدردشة.",
  confirmEnd: "هل تريد إنهاء هذه الدردشة؟",

  message: "الرسالة",
  placeholder: "اكتب رسالة…",
  send: "إرسال",
  tooLong: "هذه الرسالة طويلة جدًا.",
  suggestions: "ردود مقترحة",
  toNewest: "الانتقال إلى أحدث رسالة",

  sending: "جارٍ الإرسال…",
  sent: "أُرسلت",
  notSent: "لم تُرسل",
  retry: "إعادة المحاولة",
  typing: "{name} يكتب الآن",

  open: "فتح",
  openPicture: "فتح الصورة",
  newTab: "يُفتح في علامة تبويب جديدة",
  call: "الاتصال بالرقم {number}",

  joined: "انضم {name}",
  left: "غادر {name}",
  handingOver: "نبحث عن شخص لمساعدتك",
  waiting: "في انتظار أحد الموظفين",
  queue: "رقمك في قائمة الانتظار: {position}",
  wait: "حوالي {minutes} دقيقة",
  handoffFailed: "لم يتمكن أحد من تولي المحادثة",
  handoffTimeout: "لم يتوفر أحد في الوقت المناسب",
  goesOnElsewhere: "تستمر هذه المحادثة في مكان آخر",
  bringBack: "المتابعة هنا",
  language: "اللغة: {language}",

  endedByYou: "لقد أنهيت الدردشة",
  ended: "انتهت الدردشة",
  endedIdle: "انتهت الدردشة بعد صمت طويل",

  connecting: "جارٍ الاتصال…",
  reconnecting: "انقطع الاتصال. جارٍ إعادة الاتصال…",
  unreachable: "لا يمكن الوصول إلى الدردشة حاليًا.",
  refused: "الدردشة غير متاحة في هذه الصفحة.",
  gone: "انتهت هذه المحادثة.",

  consentTitle: "قبل أن نبدأ",
  consentButton: "الموافقة والبدء",

  busy: "هناك ضغط كبير حاليًا. يُرجى المحاولة بعد لحظات.",
  trouble: "عذرًا، لا يمكنني الرد الآن. يُرجى المحاولة مرة أخرى.",
  broken: "عذرًا، حدث خطأ ما. يُرجى المحاولة مرة أخرى.",
  noStart: "عذرًا، لا يمكن بدء المحادثة الآن. يُرجى المحاولة لاحقًا.",
  noPerson: "عذرًا، لم نتمكن من توصيلك بأحد. يُرجى المحاولة مرة أخرى.",
  notForwarded: "تعذّر تمرير رسالتك.",
};
