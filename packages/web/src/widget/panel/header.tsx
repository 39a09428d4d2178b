import type { Participant, Snapshot } from "@parley/client";
import { Avatar } from "../../shared/avatar.tsx";
import { useTexts } from "../../shared/i18n/texts.ts";
import { Icon } from "../../shared/icons.tsx";
import { Menu } from "./menu.tsx";
import type { PanelModel } from "./model.ts";

/** Who the user talks with, and what can be done with the conversation. */
export function Header({
  model,
  snapshot,
  isWhole,
}: {
  model: PanelModel;
  snapshot: Snapshot | null;
  isWhole: boolean;
}) {
  const { t } = useTexts();
  const { title, subtitle, logoUrl } = model.hello.config;
  const who = participantOf(snapshot);
  const isPerson = snapshot?.presence === "person";
  const name = (isPerson && who?.name) || title || who?.name || t("title");
  const avatarUrl = (isPerson && who?.avatarUrl) || logoUrl || who?.avatarUrl || "";
  const isLive = snapshot?.connection.state === "open";
  return (
    <header class="header">
      <div class={isLive ? "header-face live" : "header-face"}>
        <Avatar name={name} avatarUrl={avatarUrl} />
      </div>
      <div class="header-words">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        {subtitle && (
          <p>
            <bdi>{subtitle}</bdi>
          </p>
        )}
      </div>
      {snapshot !== null && <Menu model={model} snapshot={snapshot} />}
      {!isWhole && (
        <button type="button" class="icon-button" aria-label={t("closeChat")} onClick={() => model.close()}>
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}

const participantOf = (snapshot: Snapshot | null): Participant | null =>
  (snapshot?.presence === "person" ? snapshot.person : null) ?? snapshot?.agent ?? null;
