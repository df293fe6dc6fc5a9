const MILLISECONDS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const BYTES: Record<string, number> = {
  B: 1,
  kB: 1_000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1_024,
  MiB: 1_048_576,
  GiB: 1_073_741_824
}

const QUANTITY = /^(?<amount>\d{1,15}(?:\.\d{1,6})?) ?(?<unit>[A-Za-z]*)$/

/** Milliseconds of `2m`, `10s` or `500`; `undefined` where it is no whole number of them. */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, MILLISECONDS)
}

/** Bytes of `1MiB`, `64kB` or `500`; `undefined` where it is no whole number of them. */
export function parseSize(text: string): number | undefined {
  return parseQuantity(text, BYTES)
}

function parseQuantity(text: string, units: Record<string, number>): number | undefined {
  const { amount, unit = '' } = QUANTITY.exec(text)?.groups ?? {}
  const factor = unit === '' ? 1 : Object.hasOwn(units, unit) ? units[unit] : undefined

  if (amount == null || factor == null) {
    return undefined
  }

  // Floating point makes 1.001 s not quite 1,001 ms, which is a whole number all the same.
  const value = Math.round(Number(amount) * factor * 1e3) / 1e3

  return Number.isSafeInteger(value) ? value : undefined
}
