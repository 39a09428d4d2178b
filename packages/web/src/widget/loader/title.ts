/** How long each of the two titles stands, milliseconds. */
const TURN = 1_500;

/** Says in the window's title that something is unread, and takes it back. */
export class TitleFlash {
  #own = "";
  #theirs = "";
  #timer = 0;

  /** @param count of what is unread @param text what it says, in turns with the page's own title */
  show(count: number, text: string): void {
    this.#stop();
    if (count === 0) return;
    this.#own = `(${count}) ${text}`;
    this.#turn();
    this.#timer = window.setInterval(() => this.#turn(), TURN);
  }

  #turn(): void {
    if (document.title === this.#own) document.title = this.#theirs;
    else {
      // The page may have another one by now.
      this.#theirs = document.title;
      document.title = this.#own;
    }
  }

  #stop(): void {
    clearInterval(this.#timer);
    if (this.#own !== "" && document.title === this.#own) document.title = this.#theirs;
    this.#own = "";
  }
}
