import type { Catalogue } from "./en.ts";

export const ja: Catalogue = {
  title: "チャット",
  assistant: "アシスタント",
  you: "あなた",

  openChat: "チャットを開く",
  closeChat: "チャットを閉じる",
  unread: "未読メッセージ：{count}件",
  newMessage: "新着メッセージ",

  conversation: "会話",
  menu: "その他の操作",
  newChat: "新しいチャットを始める",
  endChat: "このチャットを終了する",
  download: "会話をダウンロード",
  soundOn: "音をオンにする",
  soundOff: "音をオフにする",
  close: "閉じる",
  cancel: "キャンセル",

  confirmNew: "新しいチャットを始めますか？現在のチャットは終了します。",
  confirmEnd: "このチャットを終了しますか？",

  message: "メッセージ",
  placeholder: "メッセージを入力…",
  send: "送信",
  tooLong: "メッセージが長すぎます。",
  suggestions: "返信の候補",
  toNewest: "最新のメッセージへ移動",

  sending: "送信中…",
  sent: "送信済み",
  notSent: "送信できませんでした",
  retry: "再試行",
  typing: "{name}が入力しています",

  open: "開く",
  openPicture: "画像を開く",
  newTab: "新しいタブで開きます",
  call: "{number}に電話する",

  joined: "{name}が参加しました",
  left: "{name}が退出しました",
  handingOver: "担当者を探しています",
  waiting: "担当者をお待ちください",
  queue: "現在の順番は{position}番目です",
  wait: "約{minutes}分",
  handoffFailed: "担当者に引き継げませんでした",
  handoffTimeout: "時間内に対応できる担当者がいませんでした",
  goesOnElsewhere: "この会話は別の場所で続きます",
  bringBack: "ここで続ける",
  language: "言語：{language}",

  endedByYou: "チャットを終了しました",
  ended: "チャットは終了しました",
  endedIdle: "しばらく応答がなかったため、チャットは終了しました",

  connecting: "接続中…",
  reconnecting: "接続が切れました。再接続中…",
  unreachable: "現在チャットに接続できません。",
  refused: "このページではチャットをご利用いただけません。",
  gone: "この会話は終了しています。",

  consentTitle: "はじめる前に",
  consentButton: "同意して始める",

  busy: "ただいま混み合っています。しばらくしてからもう一度お試しください。",
  trouble: "申し訳ありません。現在お答えできません。もう一度お試しください。",
  broken: "申し訳ありません。エラーが発生しました。もう一度お試しください。",
  noStart: "申し訳ありません。現在会話を開始できません。後ほどお試しください。",
  noPerson: "申し訳ありません。担当者におつなぎできませんでした。もう一度お試しください。",
  notForwarded: "メッセージを転送できませんでした。",
};
