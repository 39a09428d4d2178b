import "./details.css";
import type { ComponentChildren } from "preact";
import { momentOf } from "../../shared/dates.ts";
import { Icon } from "../../shared/icons.tsx";
import { linkTo, safeLink } from "../../shared/links.ts";
import { userName } from "../names.ts";
import { openOne } from "../state/state.ts";
import { lasting, useNow } from "../times.ts";
import { useDesk } from "../use-desk.ts";
import { Values } from "./values.tsx";

/** What is known of the user: what somebody vouches for, and what is only claimed. */
export function DetailsPane({ onBack }: { onBack: () => void }) {
  const state = useDesk();
  const open = openOne(state);
  const details = (open === null ? undefined : state.talks.get(open.session))?.details ?? null;
  return (
    <aside class="pane details-pane" aria-label="Details of the user">
      <header class="pane-head">
        <button
          type="button"
          class="icon-button to-talk"
          aria-label="Back to the conversation"
          onClick={onBack}
        >
          <Icon name="back" />
        </button>
        <h2>Details</h2>
      </header>
      {open !== null && details !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard [WCAG 2.1.1]
        <section class="details" tabIndex={0} aria-label={`Details of ${userName(open)}`}>
          <Part title="Connection">
            <dl class="facts">
              {state.over === null && (
                <Fact name="State">
                  <span class={`presence-text ${open.user.presence}`}>
                    {{ there: "Online", reconnecting: "Reconnecting", gone: "Gone" }[open.user.presence]}
                  </span>{" "}
                  <Since at={open.user.presence_since} skew={state.skew} />
                </Fact>
              )}
              {details.page !== null && (
                <Fact name="Page">
                  {safeLink(details.page) === null ? (
                    details.page
                  ) : (
                    <a {...linkTo(details.page)}>{details.page}</a>
                  )}
                </Fact>
              )}
              <Fact name="Device">
                {[details.platform, details.device_type].filter(Boolean).join(", ") || "unknown"}
              </Fact>
              {details.locale !== null && <Fact name="Language">{languageOf(details.locale)}</Fact>}
              <Fact name="Since">{momentOf(details.created_at, navigator.language)}</Fact>
            </dl>
          </Part>
          <Part title="Verified" icon="verified" hint="Vouched for by your own systems.">
            {details.verified === null || Object.keys(details.verified).length === 0 ? (
              <p class="quiet">Nothing is verified.</p>
            ) : (
              <Values values={details.verified} />
            )}
          </Part>
          <Part title="Claimed" hint="Told by the page or the user; nobody has checked it.">
            {Object.keys(details.attributes).length === 0 ? (
              <p class="quiet">Nothing was told.</p>
            ) : (
              <Values values={details.attributes} />
            )}
          </Part>
          {details.context !== null && Object.keys(details.context).length > 0 && (
            <Part title="Handed over">
              <Values values={details.context} />
            </Part>
          )}
          <Part title="Session">
            <dl class="facts">
              <Fact name="Queue">{open.queue}</Fact>
              <Fact name="Connector">{details.connector}</Fact>
              {details.host !== "" && <Fact name="Host">{details.host}</Fact>}
              <Fact name="Id">
                <code>{details.session}</code>
              </Fact>
            </dl>
          </Part>
        </section>
      )}
    </aside>
  );
}

function Part(props: { title: string; icon?: "verified"; hint?: string; children: ComponentChildren }) {
  return (
    <section class={`part ${props.icon ?? ""}`}>
      <h3>
        {props.icon && <Icon name={props.icon} />}
        {props.title}
      </h3>
      {props.hint && <p class="hint">{props.hint}</p>}
      {props.children}
    </section>
  );
}

export const Fact = ({ name, children }: { name: string; children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd dir="auto">{children}</dd>
  </div>
);

function Since({ at, skew }: { at: number; skew: number }) {
  const now = useNow(skew);
  return <span class="quiet">for {lasting(now - at)}</span>;
}

function languageOf(tag: string): string {
  try {
    return `${new Intl.DisplayNames(["en"], { type: "language" }).of(tag)} (${tag})`;
  } catch {
    return tag;
  }
}
