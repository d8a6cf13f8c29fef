/** Keeps the end in view while an answer grows, until the user scrolls away; then the position stays. */
const nearPixels = 48;

export class Follower {
  readonly #scroller: HTMLElement;
  readonly #jump: HTMLElement;
  #follows = true;

  constructor(scroller: HTMLElement, jump: HTMLElement) {
    this.#scroller = scroller;
    this.#jump = jump;
    scroller.addEventListener('scroll', () => this.#look(), { passive: true });
    new ResizeObserver(() => this.grown()).observe(scroller);
  }

  grown(): void {
    if (this.#follows) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    else this.#look();
  }

  toEnd(): void {
    this.#follows = true;
    this.grown();
    this.#look();
  }

  #look(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    this.#follows = scrollHeight - scrollTop - clientHeight < nearPixels;
    this.#jump.hidden = this.#follows;
  }
}
