import type { Aim, Figure } from './benchmark.ts'

export interface Spread {
  median: number
  min: number
  max: number
}

/** One line of the output as JSON. */
export interface Summary {
  name: string
  /** Medians. */
  ours: number
  peer: number
  peerName: string
  unit: string
  ratio: number
  /** `-` where there is none. */
  aim: string
  met: boolean | null
  runs: { ours: number[]; peer: number[] }
}

export function summarise({ name, unit, ours, peer, peerName, aim }: Figure): Summary {
  const medians = { ours: spreadOf(ours).median, peer: spreadOf(peer).median }
  const ratio = medians.ours / medians.peer

  return {
    name,
    ...medians,
    peerName,
    unit,
    ratio,
    aim: aim == null ? '-' : aimText(aim, unit),
    met: aim == null ? null : isMet(aim, aim.of === 'ours' ? medians.ours : ratio),
    runs: { ours, peer }
  }
}

/** @throws {RangeError} when there is nothing, or something that is not a number */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const [min, max] = [sorted[0], sorted.at(-1)]

  if (min == null || max == null || !sorted.every(Number.isFinite)) {
    throw new RangeError(`Nothing can be said of the runs [${values.join(', ')}]`)
  }

  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1)

  return { median: middle.reduce((sum, value) => sum + value, 0) / middle.length, min, max }
}

function isMet({ below = Infinity, above = -Infinity }: Aim, value: number): boolean {
  return value < below && value > above
}

/** `< 1000 ms`, or `ratio > 0.9`. */
function aimText({ of, below, above }: Aim, unit: string): string {
  const bounds = [above == null ? '' : `> ${above}`, below == null ? '' : `< ${below}`]
    .filter(Boolean)
    .join(', ')

  return of === 'ours' ? `${bounds} ${unit}` : `ratio ${bounds}`
}
