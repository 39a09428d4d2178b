import { Component, type ComponentChild, type FunctionComponent, h } from "preact";

/**
 * A component that is drawn anew only when one of its props is another value. The client keeps what has not changed the
 * same object, so that of three hundred messages one is drawn.
 */
export function memo<Props extends object>(
  render: (props: Props) => ComponentChild,
): FunctionComponent<Props> {
  class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const keys = new Set([...Object.keys(this.props), ...Object.keys(next)]) as Set<keyof Props>;
      return [...keys].some((key) => this.props[key] !== next[key]);
    }
    override render(props: Props) {
      return h(render as FunctionComponent<Props>, props);
    }
  }
  return Memo as unknown as FunctionComponent<Props>;
}
