/** Reads what `ByteWriter` wrote. Reading past the end throws RangeError. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = this.uint8();
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
    throw new RangeError('a number is longer than five bytes');
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  raw(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.slice(at, at + length);
  }

  #advance(bytes: number): number {
    if (bytes > this.left) throw new RangeError(`${bytes} bytes are wanted, and ${this.left} are left`);
    const at = this.#at;
    this.#at += bytes;
    return at;
  }
}
