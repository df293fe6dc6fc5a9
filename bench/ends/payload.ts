import { createHash, createCipheriv } from 'node:crypto'

/** Bytes that no compressor makes smaller, the same for the same seed. */
export function incompressible(bytes: number, seed = 0): Uint8Array<ArrayBuffer> {
  const key = createHash('sha256').update(`bench ${seed}`).digest()
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))

  return new Uint8Array(cipher.update(Buffer.alloc(bytes)))
}

export function sha256(pieces: Iterable<Uint8Array>): string {
  const hash = createHash('sha256')

  for (const piece of pieces) {
    hash.update(piece)
  }

  return hash.digest('hex')
}

/** The text of a message, by its number: no two are alike. */
export function numbered(index: number, characters: number): string {
  return `${index} `.padEnd(characters, 'abcdefghijklmnopqrstuvwxyz')
}
