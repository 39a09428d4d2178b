import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/**
 * A field as tall as what stands in it.
 * @param most pixels, from which it scrolls @param shown what its height depends on
 */
export function useGrowth(
  field: RefObject<HTMLTextAreaElement | null>,
  most: number,
  shown: readonly unknown[],
): void {
  useLayoutEffect(() => {
    const node = field.current;
    if (!node) return;
    node.style.height = "auto";
    node.style.height = `${Math.min(node.scrollHeight, most)}px`;
  }, [field, most, ...shown]);
}

/** The Enter that ends a composition (Japanese, Chinese) belongs to it; Safari says so by its code alone. */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;

/** UTF-8 bytes, counted only where the text could have too many. */
export const isTooLong = (text: string, most: number): boolean =>
  text.length > most / 4 && new TextEncoder().encode(text).length > most;
