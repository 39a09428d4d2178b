import type { Attachment } from "@parley/client";
import { useState } from "preact/hooks";
import { useTexts } from "./i18n/texts.ts";
import { Icon } from "./icons.tsx";
import { linkTo, safeImage, safeLink } from "./links.ts";

/** The cards and pictures of one message, side by side. */
export function Cards({ attachments }: { attachments: readonly Attachment[] }) {
  return (
    <ul class="cards">
      {attachments.map((attachment) => (
        <li>
          <Card attachment={attachment} />
        </li>
      ))}
    </ul>
  );
}

/** A card, or a picture; a link as a whole where it leads anywhere. */
export function Card({ attachment }: { attachment: Attachment }) {
  const { t } = useTexts();
  const [isBroken, setIsBroken] = useState(false);
  const { title, content_url, content_type, preview_image_url, call_to_action_text } = attachment;
  const isImage = content_type === "ATTACHMENT_CONTENT_TYPE_IMAGE";
  const picture = safeImage(preview_image_url) ?? (isImage ? safeImage(content_url) : null);
  const url = /^https?:/i.test(content_url) ? safeLink(content_url) : null;
  const content = (
    <>
      {picture !== null && !isBroken && (
        <img
          src={picture}
          alt={isImage && url === null ? title : ""}
          referrerpolicy="no-referrer"
          loading="lazy"
          onError={() => setIsBroken(true)}
        />
      )}
      <span class="card-words">
        <b dir="auto">{title || content_url}</b>
        {url !== null && !isImage && <span class="card-host">{hostOf(url)}</span>}
        {url !== null && (
          <span class="card-action">
            <span dir="auto">{call_to_action_text || t(isImage ? "openPicture" : "open")}</span>
            <Icon name="external" />
            <span class="sr-only">({t("newTab")})</span>
          </span>
        )}
      </span>
    </>
  );
  return url === null ? (
    <div class="card">{content}</div>
  ) : (
    <a class="card" {...linkTo(url)}>
      {content}
    </a>
  );
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : "");
