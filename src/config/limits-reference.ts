import { CONFIG_KEYS } from './keys.ts'
import { FIXED_LIMITS } from './fixed-limits.ts'
import { isLimit, LIMIT_REASONS } from './limit-reasons.ts'

const INTRODUCTION = `# Limits

Whatever a peer can make this node hold, do or wait for has a bound. This is all of them.

- What can be slowed down is slowed down: a peer that sends faster than it is read waits, and nobody is blamed.
- What cannot is refused, and costs the peer score: handshakes, streams and connections above their rate, frames
  above their size, what is not finished in time.
- When memory is short (\`limits.maxBufferedBytes\`) messages that wait to be sent are dropped, low priorities first,
  and among those the ones for the peers of the lowest score. Each rejects the promise of its sender with a
  \`MessageDroppedError\`. Nothing that was received is dropped: streams are read frame by frame, and new ones refused.
- Times are measured between ticks of the clock. A clock that leaps (the machine slept, the clock was set) ends no
  link: what it leapt over counts against nobody. Nor does it let anybody in: it is no time on the blacklist.
`

const FIXED_INTRODUCTION = `## Without a key

Part of a wire format, so that two nodes cannot differ, or of no interest to anybody who runs one.
`

/** All limits, their defaults and their reasons as a Markdown page. */
export function limitsReference(): string {
  const rows = CONFIG_KEYS.filter(({ path }) => isLimit(path)).map((key) =>
    row([`\`${key.path}\``, readable(key.default, key.type), key.description, LIMIT_REASONS[key.path] ?? ''])
  )
  const fixed = FIXED_LIMITS.map(({ what, value, unit, why }) => row([what, readable(value, unit), why]))

  return [
    INTRODUCTION,
    '## Keys of the configuration',
    '',
    'How each is set is in [config.md](config.md).',
    '',
    row(['Key', 'Default', 'Meaning', 'Why this value']),
    row(['---', '---', '---', '---']),
    ...rows,
    '',
    FIXED_INTRODUCTION,
    row(['Limit', 'Value', 'Why this value']),
    row(['---', '---', '---']),
    ...fixed,
    ''
  ].join('\n')
}

function row(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** A number in its largest whole unit. */
function readable(value: unknown, type: string): string {
  if (typeof value !== 'number') {
    return String(value)
  }

  const units = type.startsWith('duration') ? DURATIONS : type.startsWith('size') ? SIZES : []
  const unit = units.find(([, factor]) => value >= factor && value % factor === 0)

  return unit == null ? value.toLocaleString('en') : `${(value / unit[1]).toLocaleString('en')} ${unit[0]}`
}

const DURATIONS: Array<[string, number]> = [
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1]
]

const SIZES: Array<[string, number]> = [
  ['GiB', 1_073_741_824],
  ['MiB', 1_048_576],
  ['KiB', 1_024],
  ['B', 1]
]
