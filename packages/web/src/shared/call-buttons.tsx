import type { CallAction } from "@parley/client";
import { useTexts } from "./i18n/texts.ts";
import { Icon } from "./icons.tsx";
import { linkTo, telephone } from "./links.ts";

/** Numbers that a tap calls. */
export function CallButtons({ actions }: { actions: readonly CallAction[] }) {
  const { t } = useTexts();
  return (
    <div class="calls">
      {actions.map(({ title, contact_number: number }) => (
        <a class="button call" {...linkTo(telephone(number))}>
          <Icon name="phone" />
          <span>
            {title ? (
              <>
                {title} <bdi class="call-number">{number}</bdi>
              </>
            ) : (
              t("call", { number })
            )}
          </span>
        </a>
      ))}
    </div>
  );
}
