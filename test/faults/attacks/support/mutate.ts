/** A source of numbers from a seed (mulberry32), so that what was sent can be sent again. */
export function seeded(seed: number): () => number {
  let state = seed

  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t

    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

type Mutation = (bytes: Uint8Array, below: (n: number) => number) => Uint8Array

const MUTATIONS: Mutation[] = [
  // a bit
  (bytes, below) => {
    const at = below(bytes.byteLength)
    const changed = bytes.slice()
    changed[at] = (changed[at] ?? 0) ^ (1 << below(8))

    return changed
  },
  // a byte that means much in varints and lengths
  (bytes, below) => {
    const changed = bytes.slice()
    changed[below(bytes.byteLength)] = [0x00, 0x01, 0x7f, 0x80, 0xff][below(5)] ?? 0

    return changed
  },
  // a part is missing
  (bytes, below) => {
    const at = below(bytes.byteLength)

    return new Uint8Array(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(16))]))
  },
  // the end is missing
  (bytes, below) => bytes.slice(0, below(bytes.byteLength)),
  // a part comes twice
  (bytes, below) => {
    const at = below(bytes.byteLength)

    return new Uint8Array(Buffer.concat([bytes.subarray(0, at + 1 + below(64)), bytes.subarray(at)]))
  },
  // something is put in between
  (bytes, below) => {
    const at = below(bytes.byteLength)
    const more = Uint8Array.from({ length: 1 + below(16) }, () => below(256))

    return new Uint8Array(Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]))
  }
]

/** The bytes with one to four mutations. */
export function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const below = (n: number): number => Math.floor(random() * n)
  let mutated = bytes

  for (let i = 0; i <= below(4); i++) {
    mutated =
      mutated.byteLength === 0 ? mutated : (MUTATIONS[below(MUTATIONS.length)]?.(mutated, below) ?? mutated)
  }

  return mutated
}
