/** The last bytes of an output of any length. */
export class OutputTail {
  readonly #most: number;
  #chunks: Buffer[] = [];
  #size = 0;

  /** @param most Bytes to keep. */
  constructor(most: number) {
    this.#most = most;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // Not at every chunk, so that much output in small pieces is not copied again and again.
    if (this.#size > 2 * this.#most) this.#trim();
  }

  get text(): string {
    this.#trim();
    return Buffer.concat(this.#chunks).toString();
  }

  #trim(): void {
    const kept = Buffer.concat(this.#chunks).subarray(-this.#most);
    // A copy, because a view would hold on to all that it was cut from.
    this.#chunks = [Buffer.from(kept)];
    this.#size = kept.length;
  }
}
