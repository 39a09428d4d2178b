import { useEffect, useState } from "preact/hooks";
import { readWidget, tryWidget, type WidgetConfig } from "../api.ts";
import { CopyButton } from "../copy.tsx";

export interface ConfigurationProps {
  /** The connector's id. */
  connector: string;
  /** Another one holds from now on. */
  changed: () => void;
}

/** The connector's `widget` of the configuration, to be changed and tried: texts, logo, disclaimer, all of it. */
export function Configuration({ connector, changed }: ConfigurationProps) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  const show = (config: WidgetConfig) => setText(JSON.stringify(config, null, 2));
  const told = (error: Error) => setProblem(error.message);
  useEffect(() => {
    readWidget(connector).then(show, told);
  }, [connector]);

  const change = async (read: () => unknown) => {
    setProblem("");
    try {
      show(await tryWidget(connector, read()));
      changed();
    } catch (error) {
      told(error as Error);
    }
  };
  return (
    <details class="configuration">
      <summary>The connector's configuration</summary>
      <textarea
        class="field"
        rows={9}
        spellcheck={false}
        aria-label="The connector's widget, as JSON"
        aria-describedby="configuration-problem"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <p id="configuration-problem" class="bad" role="status">
        {problem}
      </p>
      <p class="configuration-tools">
        <button type="button" class="tool" onClick={() => change(() => JSON.parse(text))}>
          Try it
        </button>
        <button type="button" class="tool" onClick={() => change(() => null)}>
          As configured
        </button>
        <CopyButton text={() => `widget: ${text}`} label="Copy the widget's configuration" />
      </p>
    </details>
  );
}
