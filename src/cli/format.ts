/** Values as they are shown to a person. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** Control, format and separator characters other than the space: a peer's text must not steer the terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\u{fffd}')
}

/** `12D3…qr7tZ4Wv`; what is left out is what PeerIds have in common. */
export function shortPeer(peer: string): string {
  return peer.length <= 16 ? peer : `${peer.slice(0, 4)}…${peer.slice(-8)}`
}

/** `1.2 kB`, in powers of 1,000. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0

  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000
    unit++
  }

  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}

/** `42s`, `3m 20s`, `5h 12m`, `2d 3h`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000))
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)

  if (days > 0) {
    return `${days}d ${hours % 24}h`
  }

  if (hours > 0) {
    return `${hours}h ${minutes % 60}m`
  }

  return minutes > 0 ? `${minutes}m ${seconds % 60}s` : `${seconds}s`
}

/** The local time of day, `12:00:01`. */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toTimeString().slice(0, 8)
}

/** Columns as wide as their widest cell, two spaces apart. */
export function formatTable(rows: string[][]): string {
  const widths: number[] = []

  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    })
  }

  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()
    )
    .join('\n')
}
