/**
 * Keeps a scroller at its end while its reader is there, also while pictures load; the button leads back.
 * @returns what goes to the end
 */
export function follow(scroller: HTMLElement, content: HTMLElement, button: HTMLElement): () => void {
  let atEnd = true;
  let byReader = false;
  const settle = () => {
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  };
  for (const type of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    const noticed = () => {
      byReader = true;
    };
    scroller.addEventListener(type, noticed, { passive: true });
  }
  const scrolled = () => {
    if (scroller.clientHeight === 0) return;
    const isNear = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
    // Only a reader leaves the end: rows that come and rows that are dropped move it away by themselves.
    atEnd = isNear || (atEnd && !byReader);
    if (isNear) byReader = false;
    button.hidden = atEnd;
  };
  scroller.addEventListener("scroll", scrolled, { passive: true });
  const observer = new ResizeObserver(settle);
  observer.observe(content);
  observer.observe(scroller);
  const toEnd = () => {
    atEnd = true;
    settle();
  };
  button.addEventListener("click", toEnd);
  return toEnd;
}
