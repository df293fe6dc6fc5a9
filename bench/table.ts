import { spreadOf } from './summary.ts'
import type { Summary } from './summary.ts'

const HEADER = ['what', 'ours', 'peer', 'ratio', 'aim', '']

/** Medians, with the least and the greatest of the runs. */
export function table(summaries: readonly Summary[]): string {
  const rows = [HEADER, ...summaries.map(row)]
  const widths = HEADER.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  const lines = rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  )

  return `${lines.join('\n')}\n`
}

function row({ name, unit, peerName, ratio, aim, met, runs }: Summary): string[] {
  return [
    name,
    `${figure(runs.ours)} ${unit}`,
    `${figure(runs.peer)} ${unit}, ${peerName}`,
    number(ratio),
    aim,
    met == null ? '' : met ? 'met' : 'MISSED'
  ]
}

function figure(values: readonly number[]): string {
  const { median, min, max } = spreadOf(values)

  return values.length === 1 ? number(median) : `${number(median)} (${number(min)} to ${number(max)})`
}

/** Three digits that count. */
function number(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}
