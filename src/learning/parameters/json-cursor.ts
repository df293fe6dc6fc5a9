import { SafetensorsError, shown } from './errors.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const ZERO = 0x30
const NINE = 0x39
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d])

/**
 * Reads JSON as far as the header of safetensors has it: objects, strings and
 * natural numbers. `JSON.parse` would take a key that comes twice, and make
 * objects of everything before a limit could apply.
 */
export class JsonCursor {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Reads `{`, each key with what `value` reads after it, and `}`. A key that comes twice is an error. */
  object(maxKeyBytes: number, value: (key: string) => void): void {
    const keys = new Set<string>()

    this.#list('{', '}', () => {
      const key = this.string(maxKeyBytes)

      if (keys.has(key)) {
        throw new SafetensorsError('duplicate-key', `The header has the key ${shown(key)} twice`)
      }

      keys.add(key)
      this.#expect(':')
      value(key)
    })
  }

  array(value: () => void): void {
    this.#list('[', ']', value)
  }

  /** @param maxBytes - of the string in UTF-8 */
  string(maxBytes: number): string {
    this.#expect('"')

    const begin = this.#at

    while (this.#bytes[this.#at] !== QUOTE) {
      if (this.#at >= this.#bytes.length) {
        throw this.#fault('A string does not end')
      }

      this.#at += this.#bytes[this.#at] === BACKSLASH ? 2 : 1
    }

    // a character takes at most six bytes as \uXXXX, and then one at least in UTF-8
    if (this.#at - begin > maxBytes * 6) {
      throw this.#tooLong(maxBytes)
    }

    const text = this.#text(begin - 1, this.#at + 1)

    this.#at++

    if (Buffer.byteLength(text) > maxBytes) {
      throw this.#tooLong(maxBytes)
    }

    return text
  }

  /** A whole number from 0, without sign, fraction or exponent, that a double holds exactly. */
  natural(): number {
    this.#skipSpaces()

    const begin = this.#at
    let value = 0

    for (
      let byte = this.#bytes[begin] ?? 0;
      byte >= ZERO && byte <= NINE;
      byte = this.#bytes[this.#at] ?? 0
    ) {
      value = value * 10 + (byte - ZERO)
      this.#at++

      if (value > Number.MAX_SAFE_INTEGER) {
        throw this.#fault('A number is too large')
      }
    }

    if (this.#at === begin || (this.#bytes[begin] === ZERO && this.#at > begin + 1)) {
      throw this.#fault('A natural number is expected')
    }

    return value
  }

  /** Nothing but spaces may follow. */
  end(): void {
    this.#skipSpaces()

    if (this.#at < this.#bytes.length) {
      throw this.#fault('Something follows the end')
    }
  }

  #list(open: string, close: string, item: () => void): void {
    this.#expect(open)

    if (this.#take(close)) {
      return
    }

    do {
      item()
    } while (this.#take(','))

    this.#expect(close)
  }

  #text(begin: number, end: number): string {
    try {
      const text: unknown = JSON.parse(
        new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.#bytes.subarray(begin, end))
      )

      if (typeof text === 'string' && text.isWellFormed()) {
        return text
      }
    } catch {
      // told below
    }

    throw this.#fault('A string is not valid')
  }

  #expect(character: string): void {
    if (!this.#take(character)) {
      throw this.#fault(`"${character}" is expected`)
    }
  }

  #take(character: string): boolean {
    this.#skipSpaces()

    if (this.#bytes[this.#at] !== character.charCodeAt(0)) {
      return false
    }

    this.#at++

    return true
  }

  #skipSpaces(): void {
    while (SPACES.has(this.#bytes[this.#at] ?? 0)) {
      this.#at++
    }
  }

  #tooLong(maxBytes: number): SafetensorsError {
    return new SafetensorsError('limit', `The header has a string of more than ${maxBytes} bytes`)
  }

  #fault(message: string): SafetensorsError {
    return new SafetensorsError('header', `${message}, at byte ${this.#at} of the header`)
  }
}
